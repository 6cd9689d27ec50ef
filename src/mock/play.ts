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

/** Plays a reply in time; `startMs` is when its request had arrived, on the timer's clock. */
export function play(reply: PlannedReply, startMs: number, stage: Stage, timer: Timer): Playback {
  const player = new Player(reply, startMs, stage, timer)
  player.begin()
  return player
}

/**
 * Due times are absolute, so a late piece does not delay the ones after it, and the pace of a long
 * stream does not drift.
 */
class Player implements Playback {
  readonly #reply: PlannedReply
  readonly #startMs: number
  readonly #stage: Stage
  readonly #timer: Timer
  #next: Piece | null = null
  #headSent = false
  #paused = false
  #stopped = false
  #running = false
  #cancel: (() => void) | null = null

  constructor(reply: PlannedReply, startMs: number, stage: Stage, timer: Timer) {
    this.#reply = reply
    this.#startMs = startMs
    this.#stage = stage
    this.#timer = timer
  }

  /** Sends the head by itself where it has a time of its own. */
  begin(): void {
    const { headAtMs } = this.#reply
    const dueMs = this.#startMs + (headAtMs ?? 0)
    if (dueMs > this.#timer.nowMs()) {
      this.#cancel = this.#timer.at(dueMs, () => this.begin())
      return
    }
    if (headAtMs !== null) this.#sendHead()
    this.#advance()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused || this.#stopped) return
    this.#paused = false
    if (this.#cancel === null) this.#advance()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
    this.#cancel = null
  }

  readonly #advance = (): void => {
    this.#cancel = null
    if (this.#running) return
    this.#running = true
    let more = true
    while (more && !this.#paused && !this.#stopped) more = this.#step()
    this.#running = false
  }

  /** Sends one piece if it is due. False: nothing more for now. */
  #step(): boolean {
    const piece = this.#upcoming()
    if (piece === null) {
      this.#finish()
      return false
    }
    const dueMs = this.#startMs + piece.atMs
    if (dueMs > this.#timer.nowMs()) {
      if (this.#flush()) this.#cancel = this.#timer.at(dueMs, this.#advance)
      return false
    }
    this.#next = null
    this.#sendHead()
    if (!this.#stage.piece(piece)) {
      this.#paused = true
      return false
    }
    if (piece.apart !== true) return true
    if (this.#flush()) this.#timer.soon(this.#advance)
    return false
  }

  #upcoming(): Piece | null {
    if (this.#next === null) {
      const found = this.#reply.pieces.next()
      if (found.done !== true) this.#next = found.value
    }
    return this.#next
  }

  /** False: the stage is full, and playing goes on with `resume`. */
  #flush(): boolean {
    if (this.#stage.flush()) return true
    this.#paused = true
    return false
  }

  #sendHead(): void {
    if (this.#headSent) return
    this.#headSent = true
    this.#stage.head(this.#reply)
  }

  #finish(): void {
    this.#stopped = true
    this.#sendHead()
    this.#stage.end(this.#reply.ending)
  }
}
