import type { StrategyChoice } from '../catalog.ts'
import type { Learner } from '../learn/learner.ts'
import type { Request } from '../request.ts'
import type { Candidate } from './plan.ts'

/** What one decision may look at besides the candidates. No clock, no dice: both are in the moment. */
export interface Moment {
  /** How many requests this alias has had before: 0, 1, 2, … */
  readonly turn: number
  /** Of the request; equal seeds rank alike, so that a decision can be replayed. */
  readonly seed: number
  /** Monotonic milliseconds. */
  readonly nowMs: number
  readonly request: Request
  /** The strategy with its settings. */
  readonly choice: StrategyChoice
  /** What `adaptive` has learned for this alias; null where nothing learns. */
  readonly learner: Learner | null
}

export interface Ranked<One extends Candidate = Candidate> {
  readonly candidate: One
  /** Higher is better; null where the strategy does not score. */
  readonly score: number | null
  /** By component, 0 to 1, higher is better: `{ latency: 0.92, cost: 0.88 }`. */
  readonly scores: Readonly<Record<string, number>>
}

export interface Ranking<One extends Candidate = Candidate> {
  /** Every candidate given, best first: failover walks this order. */
  readonly order: readonly Ranked<One>[]
  /** Why the first is first: `lowest expected latency: 420 ms over 312 calls`. */
  readonly reason: string
  /** 0 to 1, from sample size and how far the first is ahead; null where nothing was measured. */
  readonly confidence: number | null
}

/**
 * Puts candidates in order; it never drops one (excluding is done before, with a reason) and keeps no
 * state. Never called with an empty list. The order of the input decides nothing but in `failover` and
 * `round-robin`.
 */
export interface Strategy {
  rank<One extends Candidate>(candidates: readonly One[], moment: Moment): Ranking<One>
}
