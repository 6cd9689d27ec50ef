import type { Attempt } from './attempt.ts'
import type { Outgoing } from './exchange.ts'
import type { Clock } from './ports.ts'

/** A client that reads nothing for so long has gone without saying so. */
const noProgressMs = 60_000

/** Builds the reply's headers once it is known which attempt answers. */
export type HeadOf = (attempt: Attempt, attempts: number) => string[]

/**
 * The way to the client: holds the head back until the first real output, then passes bytes on as fast
 * as the client reads and tells the provider's side when to pause.
 */
export class Delivery {
  /** The client has seen the head: from here on there is no other target, only an honest end. */
  committed = false
  bytesSent = 0
  #gone = false
  readonly #outgoing: Outgoing
  readonly #clock: Clock
  readonly #headOf: HeadOf
  #flow: (flowing: boolean) => void = () => {}
  #onGone: () => void = () => {}
  #cancelStall: (() => void) | null = null

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

  get gone(): boolean {
    return this.#gone
  }

  output(attempt: Attempt, attempts: number, bytes: readonly Uint8Array[]): void {
    if (this.#gone) return
    if (!this.committed) {
      this.committed = true
      this.#outgoing.head(attempt.status ?? 200, this.#headOf(attempt, attempts))
    }
    let flowing = true
    for (const piece of bytes) {
      this.bytesSent += piece.length
      flowing = this.#outgoing.write(piece)
    }
    if (!flowing && this.#cancelStall === null) {
      this.#cancelStall = this.#clock.after(noProgressMs, () => {
        this.#outgoing.destroy()
        this.#leave()
      })
      this.#flow(false)
    }
  }

  #drained(): void {
    if (this.#cancelStall === null) return
    this.#cancelStall()
    this.#cancelStall = null
    this.#flow(true)
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#cancelStall?.()
    this.#onGone()
  }

  /** The last bytes of a reply that has begun. */
  end(tail: readonly Uint8Array[]): void {
    this.#cancelStall?.()
    if (this.#gone) return
    for (const piece of tail) {
      this.bytesSent += piece.length
      this.#outgoing.write(piece)
    }
    this.#outgoing.end()
  }

  /** A reply that has not begun, in one piece; its length is added to the headers given. */
  answer(status: number, headers: string[], body: Uint8Array): void {
    if (this.#gone) return
    this.committed = true
    this.bytesSent += body.length
    headers.push('content-length', String(body.length))
    this.#outgoing.head(status, headers)
    this.#outgoing.end(body)
  }

  /** A reply with a length that can no longer be kept: the connection breaks, so that nobody errs. */
  break(): void {
    this.#cancelStall?.()
    this.#outgoing.destroy()
  }
}
