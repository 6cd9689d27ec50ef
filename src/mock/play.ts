import type { Ending } from './faults/ending.ts'
import type { Piece } from './wire/piece.ts'
import type { PlannedReply } from './wire/planned-reply.ts'

/** Where a reply goes: a socket, or an observer in process. */
export interface Stage {
  head(reply: PlannedReply): void
  /** False: no more before `resume`. What is given may wait for `flush`. */
  piece(piece: Piece): boolean
  /** The reply is about to wait: everything given so far must leave. False as for `piece`. */
  flush(): boolean
  end(ending: Ending): void
}

export interface Timer {
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Calls back once at or after an instant; the returned function cancels. */
  at(atMs: number, callback: () => void): () => void
  /** Calls back as soon as everything that is ready has had its turn. */
  soon(callback: () => void): void
}

export interface Playback {
  pause(): void
  resume(): void
  stop(): void
}

/**
 * Plays a reply in time. Due times are absolute, so a late piece does not delay the ones after it, and
 * the pace of a long stream does not drift.
 */
export function play(reply: PlannedReply, startMs: number, stage: Stage, timer: Timer): Playback {
  let next: Piece | null = null
  let headSent = false
  let paused = false
  let stopped = false
  let running = false
  let cancel: (() => void) | null = null

  function waitUntil(atMs: number): void {
    cancel = timer.at(atMs, advance)
  }

  function sendHead(): void {
    if (headSent) return
    headSent = true
    stage.head(reply)
  }

  function finish(): void {
    stopped = true
    sendHead()
    stage.end(reply.ending)
  }

  /** Sends one piece if it is due. False: nothing more for now. */
  function step(): boolean {
    if (next === null) {
      const found = reply.pieces.next()
      if (found.done === true) {
        finish()
        return false
      }
      next = found.value
    }
    const dueMs = startMs + next.atMs
    if (dueMs > timer.nowMs()) {
      if (!stage.flush()) paused = true
      else waitUntil(dueMs)
      return false
    }
    sendHead()
    const piece = next
    next = null
    if (!stage.piece(piece)) paused = true
    else if (piece.apart === true) {
      if (!stage.flush()) paused = true
      else timer.soon(advance)
      return false
    }
    return true
  }

  function advance(): void {
    cancel = null
    if (running) return
    running = true
    let more = true
    while (more && !paused && !stopped) more = step()
    running = false
  }

  function begin(): void {
    const headAtMs = startMs + (reply.headAtMs ?? 0)
    if (headAtMs > timer.nowMs()) {
      cancel = timer.at(headAtMs, begin)
      return
    }
    if (reply.headAtMs !== null) sendHead()
    advance()
  }

  begin()
  return {
    pause() {
      paused = true
    },
    resume() {
      if (!paused || stopped) return
      paused = false
      if (cancel === null) advance()
    },
    stop() {
      stopped = true
      cancel?.()
      cancel = null
    },
  }
}
