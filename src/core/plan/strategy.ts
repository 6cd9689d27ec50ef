import type { Candidate } from './plan.ts'

/** What one decision may look at besides the candidates. No clock, no dice: both are in the moment. */
export interface Moment {
  /** How many requests this alias has had before: 0, 1, 2, … */
  readonly turn: number
  /** Of the request; equal seeds rank alike, so that a decision can be replayed. */
  readonly seed: number
}

export interface Ranking {
  /** Every candidate given, best first: failover walks this order. */
  readonly order: readonly { readonly candidate: Candidate; readonly score: number | null }[]
  /** Why the first is first. */
  readonly reason: string
}

/**
 * Puts candidates in order; it never drops one (excluding is done before, with a reason) and keeps no
 * state. Never called with an empty list.
 */
export interface Strategy {
  rank(candidates: readonly Candidate[], moment: Moment): Ranking
}
