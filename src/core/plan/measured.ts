import { confidenceAlone, confidenceOf, relativeError } from './confidence.ts'
import { draw } from './draw.ts'
import { toExplore } from './explore.ts'
import type { Candidate } from './plan.ts'
import { byKey, Keyed, noScores } from './ranked.ts'
import type { Ranked, Ranking } from './strategy.ts'

/**
 * Targets nearer to each other than this share take turns by the request's dice: what lies within the
 * noise of the measurement must not send everybody to the same one.
 */
const nearlyEqual = 0.05

/** How one strategy looks at a measurement. */
export interface Measure {
  /** Its component of the scores: `{ latency: score }`. */
  scores(score: number): Readonly<Record<string, number>>
  /** What to have much of (1 / latency, tokens per second); null: never measured. */
  of(candidate: Candidate): number | null
  /** Of the first: `lowest expected latency: 420 ms over 312 calls`. */
  reason(candidate: Candidate): string
}

/**
 * Ranks by one measured figure: the best first, near-equals by dice, the unmeasured last, except that
 * a small share of requests goes to one of these first.
 */
export function rankByMeasure<One extends Candidate>(
  candidates: readonly One[],
  seed: number,
  measure: Measure,
): Ranking<One> {
  const values: (number | null)[] = []
  let best = 0
  for (const candidate of candidates) {
    const value = measure.of(candidate)
    values.push(value)
    if (value !== null && value > best) best = value
  }
  const explored = toExplore(candidates, values, seed)
  const keyed: Keyed<One>[] = []
  let index = 0
  for (const candidate of candidates) {
    const value = values[index++] ?? null
    const dice = draw(seed, candidate.target.name)
    const score = value === null ? null : best > 0 ? value / best : 0
    const key =
      candidate === explored ? 2 : score === null ? dice - 1 : score * (1 - nearlyEqual * dice)
    const scores = score === null ? noScores : measure.scores(score)
    keyed.push(new Keyed(candidate, key, 0, score, scores))
  }
  const order = byKey(keyed)
  return { order, reason: reasonFor(order, explored, measure), confidence: confidenceIn(order) }
}

function reasonFor(
  [first]: readonly Ranked[],
  explored: Candidate | null,
  measure: Measure,
): string {
  if (first === undefined) return ''
  if (explored !== null) return exploring(explored)
  if (first.score === null) return 'nothing measured yet: drawn at random'
  return measure.reason(first.candidate)
}

export function exploring({ target, outlook }: Candidate): string {
  const known = outlook.samples < 0.1 ? 'no recent calls' : 'hardly any recent calls'
  return `exploring ${target.name}, of which ${known} are known`
}

/** How sure it is that the first of them is better than the second. */
function confidenceIn([first, second]: readonly Ranked[]): number {
  if (first === undefined || first.score === null) return 0
  const own = relativeError(first.candidate.outlook)
  const { samples } = first.candidate.outlook
  if (second === undefined || second.score === null) return confidenceAlone(samples)
  const other = relativeError(second.candidate.outlook)
  const error = Math.hypot(own * first.score, other * second.score)
  return confidenceOf(first.score - second.score, error)
}

/** `312 calls`, of a count that fades with age. */
export function calls(samples: number): string {
  const count = Math.round(samples)
  return count === 1 ? '1 call' : `${count} calls`
}

/** `420 ms`, `1.9 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1_000
  const parts = seconds < 10 ? 100 : seconds < 100 ? 10 : 1
  return `${Math.round(seconds * parts) / parts} s`
}
