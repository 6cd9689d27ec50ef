import type { Clock } from './ports.ts'

/** After a stream's last event a provider closes at once; trailing bytes come within this time. */
const graceMs = 25
/** One that did not stop there may have more to say, but not for ever. */
const talkingGraceMs = 250
const talkingMostMs = 2_000
/** What is said after the end is short; more is not waited for. */
const mostBytes = 64 * 1024

/** Waits for what a provider may say after the end of its reply: not for long, and not for much. */
export class TrailingWait {
  readonly #clock: Clock
  readonly #over: () => void
  readonly #sinceMs: number
  #bytes = 0
  #cancel: () => void

  constructor(clock: Clock, over: () => void) {
    this.#clock = clock
    this.#over = over
    this.#sinceMs = clock.monotonicMs()
    this.#cancel = this.#after(graceMs)
  }

  /** So many bytes came after the end. */
  heard(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > mostBytes) {
      this.#over()
      return
    }
    if (this.#clock.monotonicMs() - this.#sinceMs > talkingMostMs) return
    this.#cancel()
    this.#cancel = this.#after(talkingGraceMs)
  }

  stop(): void {
    this.#cancel()
  }

  #after(delayMs: number): () => void {
    return this.#clock.after(delayMs, () => {
      // Where this process was busy for so long, bytes lie unread: they come before a new timer.
      this.#cancel = this.#clock.after(1, this.#over)
    })
  }
}
