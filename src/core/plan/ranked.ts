import type { Candidate } from './plan.ts'
import type { Ranked } from './strategy.ts'

/** A candidate while it is put in order; the score is what people see. */
export interface Keyed extends Ranked {
  /** Highest first. */
  readonly key: number
  /** Decides where keys are equal, highest first. */
  readonly tie: number
}

/**
 * Sorts in place by key, tie and name, so that the order of the input decides nothing. Two infinities
 * differ by NaN, which goes on to the next criterion as 0 does.
 */
export function byKey(keyed: Keyed[]): Keyed[] {
  return keyed.sort(
    (a, b) =>
      b.key - a.key ||
      b.tie - a.tie ||
      (a.candidate.target.name < b.candidate.target.name ? -1 : 1),
  )
}

/** For strategies that do not score. */
export function unscored(candidate: Candidate): Ranked {
  return { candidate, score: null, scores: noScores }
}

export const noScores: Readonly<Record<string, number>> = {}
