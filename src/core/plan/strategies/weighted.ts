import type { StrategyWeights } from '../../catalog.ts'
import { defaultWeights } from '../choice.ts'
import { confidenceOf, relativeError } from '../confidence.ts'
import { draw } from '../draw.ts'
import { toExplore } from '../explore.ts'
import { calls, duration, exploring } from '../measured.ts'
import type { Candidate } from '../plan.ts'
import { byKey, type Keyed } from '../ranked.ts'
import { type Column, columnOf, highIsGood, lowIsGood, scoreError } from '../relative-score.ts'
import type { Ranked, Strategy } from '../strategy.ts'
import { dollars } from './cost.ts'
import { expectedMs } from './latency.ts'

/** Scores nearer to each other than this take turns by the request's dice. */
const nearlyEqual = 0.01
/** What is not measured is taken for average, until it is. */
const average = 0.5

/** The best mean of several figures, each as a score against the median, by configured weights. */
export const weighted: Strategy = {
  rank(candidates, { seed, choice }) {
    const weights = choice.name === 'weighted' ? choice.weights : defaultWeights
    const sum = weights.latency + weights.cost + weights.success + weights.throughput
    const latencies = columnOf(candidates, latencyOf)
    const costs = weights.cost > 0 ? columnOf(candidates, costOf) : noColumn
    const rates = weights.throughput > 0 ? columnOf(candidates, rateOf) : noColumn
    const keyed: Keyed[] = []
    const measured: (number | null)[] = []
    let index = 0
    for (const candidate of candidates) {
      const latency = lowIsGood(latencies, index)
      const scores: Record<string, number> = {}
      let score = 0
      if (weights.latency > 0) {
        scores['latency'] = shown(latency ?? average)
        score += weights.latency * (latency ?? average)
      }
      if (weights.cost > 0) {
        // A price nobody knows must not win over a known one.
        const cost = lowIsGood(costs, index) ?? 0
        scores['cost'] = shown(cost)
        score += weights.cost * cost
      }
      if (weights.success > 0) {
        scores['success'] = shown(candidate.outlook.successRate)
        score += weights.success * candidate.outlook.successRate
      }
      if (weights.throughput > 0) {
        const throughput = highIsGood(rates, index) ?? average
        scores['throughput'] = shown(throughput)
        score += weights.throughput * throughput
      }
      score /= sum
      const key = score - nearlyEqual * draw(seed, candidate.target.name)
      measured.push(latency === null ? null : score)
      keyed.push({ candidate, key, tie: 0, score: shown(score), scores })
      index++
    }
    const learns = weights.latency > 0 || weights.throughput > 0
    const explored = learns ? toExplore(candidates, measured, seed) : null
    const order = explored === null ? byKey(keyed) : inFront(explored, byKey(keyed))
    const reason = explored === null ? reasonFor(order, weights, sum) : exploring(explored)
    return { order, reason, confidence: confidenceIn(order, weights, sum) }
  },
}

function inFront(candidate: Candidate, order: readonly Keyed[]): Keyed[] {
  const at = order.findIndex((keyed) => keyed.candidate === candidate)
  return [...order.slice(at, at + 1), ...order.slice(0, at), ...order.slice(at + 1)]
}

/** More decimals tell nobody anything, and cost each record the time to write them. */
const shown = (score: number): number => Math.round(score * 1e4) / 1e4

const noColumn: Column = { values: [], median: 0 }

const latencyOf = ({ outlook }: Candidate) => expectedMs(outlook)
const costOf = ({ outlook }: Candidate) => outlook.costNanoUsd
const rateOf = ({ outlook }: Candidate) => outlook.tokensPerSecond

const percent = (part: number, sum: number) => Math.round((part / sum) * 100)

function reasonFor([first]: readonly Ranked[], weights: StrategyWeights, sum: number): string {
  if (first === undefined) return ''
  const { totalMs, costNanoUsd, successRate, tokensPerSecond, samples } = first.candidate.outlook
  const parts: string[] = []
  if (weights.latency > 0) {
    const measured = totalMs === null ? 'not measured' : duration(totalMs)
    parts.push(`latency ${percent(weights.latency, sum)} % (${measured})`)
  }
  if (weights.cost > 0) {
    const known = costNanoUsd === null ? 'not known' : dollars(costNanoUsd)
    parts.push(`cost ${percent(weights.cost, sum)} % (${known})`)
  }
  if (weights.success > 0) {
    parts.push(`success ${percent(weights.success, sum)} % (${percent(successRate, 1)} %)`)
  }
  if (weights.throughput > 0) {
    const rate = tokensPerSecond === null ? 'not measured' : `${Math.round(tokensPerSecond)}/s`
    parts.push(`throughput ${percent(weights.throughput, sum)} % (${rate})`)
  }
  return `best balance of ${parts.join(', ')} over ${calls(samples)}`
}

function confidenceIn(order: readonly Ranked[], weights: StrategyWeights, sum: number): number {
  const [first, second] = order
  if (first === undefined || first.candidate.outlook.samples === 0) return 0
  if (second === undefined) return 1
  const error = Math.hypot(errorOf(first, weights, sum), errorOf(second, weights, sum))
  return confidenceOf((first.score ?? 0) - (second.score ?? 0), error)
}

/** Standard error of a score; that of a cost comes from the length of replies not seen yet. */
function errorOf({ scores, candidate }: Ranked, weights: StrategyWeights, sum: number): number {
  const { latency = 0, cost = 0, throughput = 0 } = scores
  const measured = relativeError(candidate.outlook)
  const length = 0.5 / Math.sqrt(1 + candidate.outlook.samples)
  return Math.hypot(
    (weights.latency / sum) * scoreError(latency, measured),
    (weights.cost / sum) * scoreError(cost, length),
    (weights.throughput / sum) * scoreError(throughput, measured),
  )
}
