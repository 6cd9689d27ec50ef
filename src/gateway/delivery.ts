import type { Attempt } from './attempt.ts'
import type { Outgoing } from './exchange.ts'
import type { Clock } from './ports.ts'

/** A client that takes nothing for so long has gone without saying so. */
const noProgressMs = 60_000
/** How often it is looked at while bytes wait for it. */
const lookEveryMs = 5_000

/** Builds the reply's headers once it is known which attempt answers. */
export type HeadOf = (attempt: Attempt, attempts: number) => string[]

/**
 * The way to the client: holds the head back until the first real output, then passes bytes on as fast
 * as the client reads and tells the provider's side when to pause.
 */
export class Delivery {
  /** What the client has seen in the head; null before it. */
  status: number | null = null
  bytesSent = 0
  #gone = false
  readonly #outgoing: Outgoing
  readonly #clock: Clock
  readonly #headOf: HeadOf
  #flow: (flowing: boolean) => void = ignore
  #onGone: () => void = ignore
  #paused = false
  #cancelLook: (() => void) | null = null

  constructor(outgoing: Outgoing, clock: Clock, headOf: HeadOf) {
    this.#outgoing = outgoing
    this.#clock = clock
    this.#headOf = headOf
    outgoing.onGone(() => this.#leave())
    outgoing.onDrain(() => this.#drained())
  }

  onFlow(callback: (flowing: boolean) => void): void {
    this.#flow = callback
  }

  onGone(callback: () => void): void {
    this.#onGone = callback
    if (this.#gone) callback()
  }

  /** The client has seen the head: from here on there is no other target, only an honest end. */
  get committed(): boolean {
    return this.status !== null
  }

  /** The first output: the head goes out, and these bytes. */
  begin(attempt: Attempt, attempts: number, bytes: readonly Uint8Array[]): Delivery {
    if (this.#gone) return this
    const headers = this.#headOf(attempt, attempts)
    this.status = attempt.status ?? 200
    this.#outgoing.head(this.status, headers)
    this.write(bytes)
    return this
  }

  write(bytes: readonly Uint8Array[]): void {
    if (this.#gone) return
    let flowing = true
    for (const piece of bytes) {
      this.bytesSent += piece.length
      flowing = this.#outgoing.write(piece)
    }
    if (flowing) return
    if (!this.#paused) {
      this.#paused = true
      this.#watch()
    }
    // Each time: the one that writes may be another than the one that was told, going on for it.
    this.#flow(false)
  }

  #drained(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#stopWatching()
    this.#flow(true)
  }

  /** Lets the client go that takes nothing any more, also when the reply has been written whole. */
  #watch(): void {
    this.#stopWatching()
    let left = this.#outgoing.untaken()
    if (left === 0) return
    let movedMs = this.#clock.monotonicMs()
    const look = () => {
      const nowLeft = this.#outgoing.untaken()
      const nowMs = this.#clock.monotonicMs()
      if (nowLeft !== left) movedMs = nowMs
      left = nowLeft
      this.#cancelLook = null
      if (left === 0) return
      if (nowMs - movedMs < noProgressMs) {
        this.#cancelLook = this.#clock.after(lookEveryMs, look)
        return
      }
      this.#outgoing.destroy()
      this.#leave()
    }
    this.#cancelLook = this.#clock.after(lookEveryMs, look)
  }

  #stopWatching(): void {
    this.#cancelLook?.()
    this.#cancelLook = null
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#stopWatching()
    this.#onGone()
  }

  /** The last bytes of a reply that has begun. */
  end(tail: readonly Uint8Array[]): void {
    if (this.#gone) return
    for (const piece of tail) {
      this.bytesSent += piece.length
      this.#outgoing.write(piece)
    }
    this.#outgoing.end()
    this.#watch()
  }

  /** A reply that has not begun, in one piece; its length is added to the headers given. */
  answer(status: number, headers: string[], body: Uint8Array): void {
    if (this.#gone) return
    this.status = status
    this.bytesSent += body.length
    headers.push('content-length', String(body.length))
    this.#outgoing.head(status, headers)
    this.#outgoing.end(body)
    this.#watch()
  }

  /** A reply with a length that can no longer be kept: the connection breaks, so that nobody errs. */
  break(): void {
    this.#stopWatching()
    this.#outgoing.destroy()
  }
}

function ignore(): void {}
