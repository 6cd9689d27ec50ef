import type { Clock } from '../../../gateway/ports.ts'

/** One call that waits for its answer. */
export interface Call<Reply> {
  /** Monotonic. */
  readonly sentMs: number
  readonly done: (reply: Reply, sentMs: number) => void
}

/** In time-outs: where nothing is heard at all, and where others are answered meanwhile. */
const longestSilence = 1.5
const longestWait = 2

/** The silence is looked at so many times before it is too long. */
const looks = 4

/**
 * Calls on one connection, in the order in which they are answered. One that is not answered within the
 * time-out says little of Redis, which may have waited for the processor itself. They are late when
 * nothing has been heard for half as long again, or when the first has waited for twice as long.
 *
 * Only time in which this process ran counts. Where it did not, because other processes took the
 * processor or a turn of its event loop took long, it could not have seen an answer: such a gap counts
 * as one look.
 */
export class CallsUnderWay<Reply> {
  readonly #clock: Clock
  readonly #silenceMs: number
  readonly #waitMs: number
  readonly #stepMs: number
  readonly #onLate: () => void
  /** By calls: the counted time at which they were written. */
  readonly #calls = new Map<Call<Reply>, number>()
  /** Given to the client in this turn of the event loop, which writes at its end. */
  #unwritten: Call<Reply>[] = []
  /** Time counted up to the last look, and at the last answer. */
  #countedMs = 0
  #heardMs = 0
  #lookedMs = 0
  #cancelLook: (() => void) | null = null

  constructor(clock: Clock, timeoutMs: number, onLate: () => void) {
    this.#clock = clock
    this.#silenceMs = longestSilence * timeoutMs
    this.#waitMs = longestWait * timeoutMs
    this.#stepMs = this.#silenceMs / looks
    this.#onLate = onLate
  }

  /**
   * After the client was asked to send it. Time that this process takes to come to writing is none that
   * Redis takes to answer: what is planned here comes after what the client has planned.
   */
  add(call: Call<Reply>): void {
    this.#calls.set(call, Number.POSITIVE_INFINITY)
    this.#unwritten.push(call)
    if (this.#unwritten.length > 1) return
    setImmediate(() => {
      const written = this.#unwritten
      this.#unwritten = []
      const nowMs = this.#counted()
      for (const each of written) if (this.#calls.has(each)) this.#calls.set(each, nowMs)
      this.#watch()
    })
  }

  has(call: Call<Reply>): boolean {
    return this.#calls.has(call)
  }

  /** It was answered. False where it is not waited for any more. */
  finish(call: Call<Reply>): boolean {
    this.#heardMs = this.#counted()
    return this.#calls.delete(call)
  }

  /** Nothing is waited for any more; returns what was. */
  takeAll(): Call<Reply>[] {
    const calls = [...this.#calls.keys()]
    this.#calls.clear()
    return calls
  }

  stop(): void {
    this.#cancelLook?.()
    this.#cancelLook = null
  }

  /** Time stands still while nobody looks. */
  #counted(): number {
    if (this.#cancelLook === null) return this.#countedMs
    return this.#countedMs + Math.min(this.#clock.monotonicMs() - this.#lookedMs, this.#stepMs)
  }

  #watch(): void {
    if (this.#cancelLook !== null || this.#calls.size === 0) return
    this.#lookedMs = this.#clock.monotonicMs()
    this.#cancelLook = this.#clock.after(this.#stepMs, () => {
      this.#countedMs = this.#counted()
      this.#cancelLook = null
      if (this.#isLate()) this.#lookOnce()
      else this.#watch()
    })
  }

  /** What has arrived while this process was busy is read first. */
  #lookOnce(): void {
    setImmediate(() => {
      if (this.#isLate()) this.#onLate()
      else this.#watch()
    })
  }

  #isLate(): boolean {
    for (const writtenMs of this.#calls.values()) {
      // At the look that is nearest to the time.
      const untilMs = this.#countedMs + this.#stepMs / 2
      const isSilent = untilMs - Math.max(this.#heardMs, writtenMs) >= this.#silenceMs
      return isSilent || untilMs - writtenMs >= this.#waitMs
    }
    return false
  }
}
