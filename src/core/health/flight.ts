import type { Pass } from './breaker.ts'
import type { Finished, Underway } from './fleet.ts'
import type { Expectation } from './latency.ts'
import type { Waiting } from './pending.ts'

interface Owner {
  firstOutput(flight: Flight, nowMs: number): void
  ended(flight: Flight, finished: Finished, nowMs: number): void
}

/** One attempt under way. Telling it twice changes nothing. */
export class Flight implements Underway, Waiting {
  readonly expectation: Expectation
  readonly expectedMs: number
  readonly tokens: number
  readonly pass: Pass
  readonly order: number
  readonly sentMs: number
  /** From sending to the first output; NaN before it, and for a reply in one piece. */
  firstMs = Number.NaN
  before: Waiting | null = null
  after: Waiting | null = null
  readonly #owner: Owner
  #over = false

  constructor(
    owner: Owner,
    expectation: Expectation,
    expectedMs: number,
    tokens: number,
    pass: Pass,
    order: number,
    nowMs: number,
  ) {
    this.#owner = owner
    this.expectation = expectation
    this.expectedMs = expectedMs
    this.tokens = tokens
    this.pass = pass
    this.order = order
    this.sentMs = nowMs
  }

  get probe(): boolean {
    return this.pass.probe !== 0
  }

  firstOutput(nowMs: number): void {
    // The output of a whole reply is its end: taken for a first token it would look very slow.
    if (this.#over || this.expectation.whole || !Number.isNaN(this.firstMs)) return
    this.firstMs = nowMs - this.sentMs
    this.#owner.firstOutput(this, nowMs)
  }

  ended(finished: Finished, nowMs: number): void {
    if (this.#over) return
    this.#over = true
    this.#owner.ended(this, finished, nowMs)
  }
}
