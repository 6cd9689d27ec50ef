import type { Candidate } from './plan.ts'
import type { Ranked } from './strategy.ts'

/** A candidate while it is put in order; the score is what people see. */
export interface Keyed<One extends Candidate = Candidate> extends Ranked<One> {
  /** Highest first. */
  readonly key: number
  /** Decides where keys are equal, highest first. */
  readonly tie: number
}

/**
 * Sorts in place by key, tie and name, so that the order of the input decides nothing.
 */
export function byKey<T extends Keyed>(keyed: T[]): T[] {
  if (keyed.length > few) return keyed.sort((a, b) => (isAhead(a, b) ? -1 : 1))
  for (let from = 1; from < keyed.length; from++) {
    const one = keyed[from]
    if (one === undefined) break
    let at = from
    for (; at > 0; at--) {
      const before = keyed[at - 1]
      if (before === undefined || !isAhead(one, before)) break
      keyed[at] = before
    }
    keyed[at] = one
  }
  return keyed
}

/** Up to so many, each put into its place takes half the time of a sort. */
const few = 64

function isAhead(one: Keyed, other: Keyed): boolean {
  if (one.key !== other.key) return one.key > other.key
  if (one.tie !== other.tie) return one.tie > other.tie
  return one.candidate.target.name < other.candidate.target.name
}

/** For strategies that do not score. */
export function unscored<One extends Candidate>(candidate: One): Ranked<One> {
  return { candidate, score: null, scores: noScores }
}

export const noScores: Readonly<Record<string, number>> = {}
