import type { Candidate, RankedCandidate } from './plan.ts'
import type { Ranked } from './strategy.ts'

/** A candidate while it is put in order; the score is what people see. */
export interface Keyed extends Ranked {
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

/** Written out, because copying an object of unknown shape is the dearest part of a plan. */
export function rankedCandidate(
  candidate: Candidate,
  score: number | null,
  scores: Readonly<Record<string, number>>,
): RankedCandidate {
  const { target, route, weight, via, retry, timeouts, outlook, fallsThrough } = candidate
  const goesLast = candidate.goesLast ?? null
  return fallsThrough === undefined
    ? { target, route, weight, via, retry, timeouts, outlook, goesLast, score, scores }
    : {
        target,
        route,
        weight,
        via,
        retry,
        timeouts,
        outlook,
        goesLast,
        fallsThrough,
        score,
        scores,
      }
}

/** For strategies that do not score. */
export function unscored(candidate: Candidate): Ranked {
  return { candidate, score: null, scores: noScores }
}

export const noScores: Readonly<Record<string, number>> = {}
