import type { Clock } from '../../../gateway/ports.ts'

/** One call that waits for its answer. */
export interface Call<Reply> {
  /** Monotonic. */
  readonly sentMs: number
  /** Counted from when it was written. */
  dueMs: number
  readonly done: (reply: Reply, sentMs: number) => void
}

/** Calls in the order in which they are answered; tells of the first that waits for too long. */
export class CallsUnderWay<Reply> {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #onLate: () => void
  readonly #calls = new Set<Call<Reply>>()
  /** Given to the client in this turn of the event loop, which writes at its end. */
  #unwritten: Call<Reply>[] = []
  #cancelTimer: (() => void) | null = null

  constructor(clock: Clock, timeoutMs: number, onLate: () => void) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#onLate = onLate
  }

  /**
   * After the client was asked to send it. Time that this process takes to come to writing is none that
   * Redis takes to answer: what is planned here comes after what the client has planned.
   */
  add(call: Call<Reply>): void {
    this.#calls.add(call)
    this.#unwritten.push(call)
    if (this.#unwritten.length > 1) return
    setImmediate(() => {
      const written = this.#unwritten
      this.#unwritten = []
      const dueMs = this.#clock.monotonicMs() + this.#timeoutMs
      for (const each of written) each.dueMs = dueMs
      this.#watch()
    })
  }

  has(call: Call<Reply>): boolean {
    return this.#calls.has(call)
  }

  /** False where it is not waited for any more. */
  finish(call: Call<Reply>): boolean {
    return this.#calls.delete(call)
  }

  /** Nothing is waited for any more; returns what was. */
  takeAll(): Call<Reply>[] {
    const calls = [...this.#calls]
    this.#calls.clear()
    return calls
  }

  stop(): void {
    this.#cancelTimer?.()
  }

  #watch(): void {
    if (this.#cancelTimer !== null) return
    const [oldest] = this.#calls
    if (oldest === undefined || oldest.dueMs === Number.POSITIVE_INFINITY) return
    const waitMs = Math.max(0, oldest.dueMs - this.#clock.monotonicMs())
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = null
      if (this.#calls.has(oldest)) this.#lookOnce(oldest)
      else this.#watch()
    })
  }

  /** What has arrived while this process was busy is read first. */
  #lookOnce(call: Call<Reply>): void {
    setImmediate(() => {
      if (this.#calls.has(call)) this.#onLate()
      else this.#watch()
    })
  }
}
