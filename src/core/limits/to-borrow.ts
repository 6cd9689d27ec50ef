import type { Estimate } from './estimate.ts'
import type { Limit, Metric } from './limit.ts'

export const tune = { near: 0.019, wasteCost: 0.02, lastCost: 1, nearT: 0.008, wasteT: 0.025, lastT: 2, together: 3, few: 32, firstShare: 4, moreShare: 1, sure: 1 }

/**
 * What a request takes from the books of a limit. Throws for a limit on cost where the cost is not known.
 */
export function amountToBorrow(limit: Limit, estimate: Estimate): number {
  const { metric } = limit
  if (metric === 'requests' || metric === 'concurrent') return 1
  const all = limit.amount + limit.burst
  const expected = expectedOf(metric, estimate)
  if (expected >= all) return expected
  const together = tune.together * Math.sqrt(varianceOf(metric, estimate) * (expected / all))
  let amount = enoughOf(metric, estimate) + together
  if (estimate.seen < tune.few) amount = Math.max(amount, all / (tune.firstShare + tune.moreShare * estimate.seen))
  return Math.ceil(Math.max(expected, Math.min(amount, mostOf(metric, estimate), all)))
}

/** What must be left of it. */
export function leastToBorrow(limit: Limit, estimate: Estimate, amount: number): number {
  const { metric } = limit
  if (metric === 'requests' || metric === 'concurrent') return 1
  const all = limit.amount + limit.burst
  const money = metric === 'cost'
  const expected = expectedOf(metric, estimate)
  const likely =
    estimate.seen < tune.sure
      ? amount
      : expected + (money ? tune.lastCost : tune.lastT) * Math.sqrt(varianceOf(metric, estimate))
  const near = (money ? tune.near : tune.nearT) * all
  const waste = (money ? tune.wasteCost : tune.wasteT) * all
  return Math.ceil(Math.min(amount, Math.max(likely - near, waste)))
}

type Measured = Exclude<Metric, 'requests' | 'concurrent'>

function expectedOf(metric: Measured, estimate: Estimate): number {
  switch (metric) {
    case 'inputTokens':
      return estimate.inputTokens
    case 'outputTokens':
      return estimate.outputTokens
    case 'tokens':
      return estimate.inputTokens + estimate.outputTokens
    case 'cost':
      if (estimate.costNanoUsd !== null) return estimate.costNanoUsd
      throw new Error('a limit on cost binds what has no known price')
  }
}

function varianceOf(metric: Measured, estimate: Estimate): number {
  switch (metric) {
    case 'inputTokens':
      return estimate.inputVariance
    case 'outputTokens':
      return estimate.outputVariance
    case 'tokens':
      return estimate.inputVariance + estimate.outputVariance
    case 'cost':
      return estimate.costVariance
  }
}

function enoughOf(metric: Measured, estimate: Estimate): number {
  switch (metric) {
    case 'inputTokens':
      return estimate.inputTokens
    case 'outputTokens':
      return estimate.enoughOutputTokens
    case 'tokens':
      return estimate.enoughTokens
    case 'cost':
      return estimate.enoughNanoUsd
  }
}

function mostOf(metric: Measured, estimate: Estimate): number {
  switch (metric) {
    case 'inputTokens':
      return Number.POSITIVE_INFINITY
    case 'outputTokens':
      return estimate.mostOutputTokens
    case 'tokens':
      return estimate.inputTokens + estimate.mostOutputTokens
    case 'cost':
      return estimate.mostNanoUsd
  }
}
