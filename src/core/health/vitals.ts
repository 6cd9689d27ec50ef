/** closed: used · open: not used until a time · half-open: one request at a time finds out. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Whether a request may be sent to a target now. Times are monotonic milliseconds. */
export type Availability =
  | { readonly state: 'ready' }
  /** Recovered a moment ago: takes this share, 0 to 1, of the traffic it would win. */
  | { readonly state: 'ramping'; readonly share: number }
  /** Half-open, and nobody is trying it yet. */
  | { readonly state: 'probe' }
  /** Breaker open, its probe under way, or cooling down after a 429. */
  | {
      readonly state: 'unavailable'
      readonly untilMs: number
      readonly because: string
      /** The provider itself said until when; else the time is our guess. */
      readonly named?: boolean
    }

/**
 * What is known about a target now. `nowMs` is always monotonic; durations are milliseconds; null
 * is unknown. Reading changes nothing.
 */
export interface Vitals {
  readonly target: string
  /** Requests under way. */
  readonly inFlight: number
  /**
   * Estimated tokens, in and out, of the requests under way: the load in `least-busy` and
   * `latency`.
   */
  readonly outstandingTokens: number
  breaker(nowMs: number): BreakerState
  availability(nowMs: number): Availability
  /** Posterior mean of success, 0 to 1; 1 without any sample. */
  successRate(nowMs: number): number
  /** Finished attempts the figures rest on, decayed by age. */
  samples(nowMs: number): number
  /** For a prompt of this size, load and requests still pending (as lower bounds) included. */
  firstTokenMs(inputTokens: number, nowMs: number): number | null
  msPerOutputToken(nowMs: number): number | null
  /** Standard deviation of the time to the last token over its mean; for confidence. */
  latencySpread(nowMs: number): number | null
  /** Mean of what it writes, from history. */
  outputTokens(nowMs: number): number | null
  /** Distribution of first-token times, for hedging; null below its minimum of samples. */
  firstTokens(nowMs: number): Distribution | null
  /** Share that is left of the tightest limit known of the provider, 0 to 1; null where none is. */
  headroom(nowMs: number): number | null
  /** Share of slow attempts within the window, 0 to 1. */
  slowShare(nowMs: number): number
}

/** A measured distribution of non-negative values. */
export interface Distribution {
  readonly count: number
  /** Value at `q` (0 to 1), relative error at most 1 %. */
  quantile(q: number): number
  /** Share of values above `value`, 0 to 1. */
  exceeding(value: number): number
}
