import type { StrategyWeights } from '../../catalog.ts'
import { defaultWeights } from '../choice.ts'
import { confidenceOf, relativeError } from '../confidence.ts'
import { dollars } from '../dollars.ts'
import { draw } from '../draw.ts'
import { anyToExplore, toExplore } from '../explore.ts'
import { calls, duration, exploring } from '../measured.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed } from '../ranked.ts'
import { highIsGood, lowIsGood, medianOf, scoreError } from '../relative-score.ts'
import type { Moment, Ranked, Strategy } from '../strategy.ts'
import { expectedMs } from './latency.ts'

/** Scores nearer to each other than this take turns by the request's dice. */
const nearlyEqual = 0.01
/** What is not measured is taken for average, until it is. */
const average = 0.5

/** What a candidate is weighed by: the weights, and what is usual among all candidates. */
interface Scales {
  readonly weights: StrategyWeights
  readonly sum: number
  readonly medianMs: number
  readonly medianNanoUsd: number
  readonly medianRate: number
}

/** The best mean of several figures, each as a score against the median, by configured weights. */
export const weighted: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { seed, choice }: Moment) {
    const weights = choice.name === 'weighted' ? choice.weights : defaultWeights
    const scales = scalesFor(candidates, weights)
    const keyed: Keyed<One>[] = []
    for (const candidate of candidates) {
      const score = weigh(candidate, scales)
      const key = score - nearlyEqual * draw(seed, candidate.target.name)
      const scores = scoresOf(candidate, scales)
      keyed.push(new Keyed(candidate, key, 0, shown(score), scores))
    }
    const learns = weights.latency > 0 || weights.throughput > 0
    const explored = learns && anyToExplore(candidates) ? explore(candidates, scales, seed) : null
    const order = explored === null ? byKey(keyed) : inFront(explored, byKey(keyed))
    const reason = explored === null ? reasonFor(order, scales) : exploring(explored)
    return { order, reason, confidence: confidenceIn(order, scales) }
  },
}

function scalesFor(candidates: readonly Candidate[], weights: StrategyWeights): Scales {
  return {
    weights,
    sum: weights.latency + weights.cost + weights.success + weights.throughput,
    medianMs: weights.latency > 0 ? medianOf(candidates, latencyOf) : 0,
    medianNanoUsd: weights.cost > 0 ? medianOf(candidates, costOf) : 0,
    medianRate: weights.throughput > 0 ? medianOf(candidates, rateOf) : 0,
  }
}

const latencyOf = ({ outlook }: Candidate) => expectedMs(outlook)
const costOf = ({ outlook }: Candidate) => outlook.costNanoUsd
const rateOf = ({ outlook }: Candidate) => outlook.tokensPerSecond

function latencyScore(candidate: Candidate, { medianMs }: Scales): number {
  return lowIsGood(latencyOf(candidate), medianMs) ?? average
}

/** A price nobody knows must not win over a known one. */
function costScore(candidate: Candidate, { medianNanoUsd }: Scales): number {
  return lowIsGood(costOf(candidate), medianNanoUsd) ?? 0
}

function rateScore(candidate: Candidate, { medianRate }: Scales): number {
  return highIsGood(rateOf(candidate), medianRate) ?? average
}

/** All of its scores by their weights, 0 to 1. */
function weigh(candidate: Candidate, scales: Scales): number {
  const { weights, sum } = scales
  let score = 0
  if (weights.latency > 0) score += weights.latency * latencyScore(candidate, scales)
  if (weights.cost > 0) score += weights.cost * costScore(candidate, scales)
  if (weights.success > 0) score += weights.success * candidate.outlook.successRate
  if (weights.throughput > 0) score += weights.throughput * rateScore(candidate, scales)
  return score / sum
}

/** What people see. */
function scoresOf(candidate: Candidate, scales: Scales): Readonly<Record<string, number>> {
  const { weights } = scales
  const scores: Record<string, number> = {}
  if (weights.latency > 0) scores['latency'] = shown(latencyScore(candidate, scales))
  if (weights.cost > 0) scores['cost'] = shown(costScore(candidate, scales))
  if (weights.success > 0) scores['success'] = shown(candidate.outlook.successRate)
  if (weights.throughput > 0) scores['throughput'] = shown(rateScore(candidate, scales))
  return scores
}

/** More decimals tell nobody anything, and cost each record the time to write them. */
const shown = (score: number): number => Math.round(score * 1e4) / 1e4

function explore<One extends Candidate>(
  candidates: readonly One[],
  scales: Scales,
  seed: number,
): One | null {
  const measured = candidates.map((one) => (latencyOf(one) === null ? null : weigh(one, scales)))
  return toExplore(candidates, measured, seed)
}

function inFront<One extends Candidate>(
  candidate: One,
  order: readonly Keyed<One>[],
): Keyed<One>[] {
  const at = order.findIndex((keyed) => keyed.candidate === candidate)
  return [...order.slice(at, at + 1), ...order.slice(0, at), ...order.slice(at + 1)]
}

const percent = (part: number, sum: number) => Math.round((part / sum) * 100)

function reasonFor([first]: readonly Ranked[], { weights, sum }: Scales): string {
  if (first === undefined) return ''
  const { totalMs, costNanoUsd, successRate, tokensPerSecond, samples } = first.candidate.outlook
  let parts = ''
  if (weights.latency > 0) {
    const measured = totalMs === null ? 'not measured' : duration(totalMs)
    parts = `latency ${percent(weights.latency, sum)} % (${measured})`
  }
  if (weights.cost > 0) {
    const known = costNanoUsd === null ? 'not known' : dollars(costNanoUsd)
    parts = `${listed(parts)}cost ${percent(weights.cost, sum)} % (${known})`
  }
  if (weights.success > 0) {
    parts = `${listed(parts)}success ${percent(weights.success, sum)} % (${percent(successRate, 1)} %)`
  }
  if (weights.throughput > 0) {
    const rate = tokensPerSecond === null ? 'not measured' : `${Math.round(tokensPerSecond)}/s`
    parts = `${listed(parts)}throughput ${percent(weights.throughput, sum)} % (${rate})`
  }
  return `best balance of ${parts} over ${calls(samples)}`
}

const listed = (parts: string): string => (parts === '' ? '' : `${parts}, `)

function confidenceIn(order: readonly Ranked[], scales: Scales): number {
  const [first, second] = order
  if (first === undefined || first.candidate.outlook.samples === 0) return 0
  if (second === undefined) return 1
  const error = Math.hypot(errorOf(first, scales), errorOf(second, scales))
  return confidenceOf((first.score ?? 0) - (second.score ?? 0), error)
}

/** Standard error of a score; that of a cost comes from the length of replies not seen yet. */
function errorOf({ scores, candidate }: Ranked, { weights, sum }: Scales): number {
  const { latency = 0, cost = 0, throughput = 0 } = scores
  const measured = relativeError(candidate.outlook)
  const length = 0.5 / Math.sqrt(1 + candidate.outlook.samples)
  return Math.hypot(
    (weights.latency / sum) * scoreError(latency, measured),
    (weights.cost / sum) * scoreError(cost, length),
    (weights.throughput / sum) * scoreError(throughput, measured),
  )
}
