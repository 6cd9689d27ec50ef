import type { Candidate } from './plan.ts'
import type { Ranked } from './strategy.ts'

/**
 * A candidate while it is put in order; the score is what people see. One class for all strategies: the
 * engine makes literals of the same names one shape, and the figures of one strategy would have the
 * candidates of all others made anew.
 */
export class Keyed<One extends Candidate = Candidate> implements Ranked<One> {
  readonly candidate: One
  /** Highest first. */
  readonly key: number
  /** Decides where keys are equal, highest first. */
  readonly tie: number
  readonly score: number | null
  readonly scores: Readonly<Record<string, number>>

  constructor(
    candidate: One,
    key: number,
    tie: number,
    score: number | null,
    scores: Readonly<Record<string, number>>,
  ) {
    this.candidate = candidate
    this.key = key
    this.tie = tie
    this.score = score
    this.scores = scores
  }
}

/** Up to so many, each put into its place takes half the time of a sort. */
const few = 64

/**
 * Keys and ties of those in place, and where each was given. Numbers by themselves, because candidates
 * have as many shapes as there are strategies, and looking at shapes would take longer than sorting.
 */
const keys = new Float64Array(few)
const ties = new Float64Array(few)
const places = new Uint8Array(few)

/** In order of key, tie and name, so that the order of the input decides nothing. */
export function byKey<T extends Keyed>(keyed: readonly T[]): T[] {
  if (keyed.length > few) return keyed.toSorted((a, b) => (isAhead(a, b) ? -1 : 1))
  for (let place = 0; place < keyed.length; place++) putInPlace(keyed, place)
  const order: T[] = []
  for (let at = 0; at < keyed.length; at++) {
    const one = keyed[places[at] ?? 0]
    if (one !== undefined) order.push(one)
  }
  return order
}

/** Those given before stand in order already. */
function putInPlace(keyed: readonly Keyed[], place: number): void {
  const one = keyed[place]
  if (one === undefined) return
  const { key, tie } = one
  let at = place
  for (; at > 0; at--) {
    const before = at - 1
    const otherKey = keys[before] ?? 0
    const otherTie = ties[before] ?? 0
    const level = key === otherKey
    if (!level && !(key > otherKey)) break
    if (level && tie !== otherTie && !(tie > otherTie)) break
    if (level && tie === otherTie && !isNamedBefore(one, keyed[places[before] ?? 0])) break
    keys[at] = otherKey
    ties[at] = otherTie
    places[at] = places[before] ?? 0
  }
  keys[at] = key
  ties[at] = tie
  places[at] = place
}

function isAhead(one: Keyed, other: Keyed): boolean {
  if (one.key !== other.key) return one.key > other.key
  if (one.tie !== other.tie) return one.tie > other.tie
  return isNamedBefore(one, other)
}

function isNamedBefore(one: Keyed, other: Keyed | undefined): boolean {
  return other !== undefined && one.candidate.target.name < other.candidate.target.name
}

/** For strategies that do not score. */
export function unscored<One extends Candidate>(candidate: One): Ranked<One> {
  return { candidate, score: null, scores: noScores }
}

export const noScores: Readonly<Record<string, number>> = {}
