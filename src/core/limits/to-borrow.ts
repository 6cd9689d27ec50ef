import { amountOf } from './amount-of.ts'
import type { Estimate } from './estimate.ts'
import type { Limit, Metric } from './limit.ts'

/** Standard deviations that all requests a limit holds may take more than expected, together. */
const together = 3
/** Of a name that was not seen yet, so many requests may be under way at a limit; one more for each seen. */
const first = 4
/** Until so many were seen. */
const enoughSeen = 32

/** What the last request that finds room may be unlike the others in. */
interface Last {
  /** Share of the limit that it may go beyond it by. */
  readonly beyond: number
  /** Share of the limit that is rather left unused. */
  readonly unused: number
  /** Standard deviations that it is prepared for. */
  readonly deviations: number
}

/** Of money 2 % more or less is little; tokens come back within the window, and a provider counts them. */
const lastDollars: Last = { beyond: 0.019, unused: 0.02, deviations: 1 }
const lastTokens: Last = { beyond: 0.008, unused: 0.025, deviations: 2 }

/**
 * What a request takes from a limit's books until it is settled, in whole units: what replies exceed only
 * by little, and more than that where few requests fill the limit, for then chance does not level out. In
 * the beginning nobody knows: few at a time find out. Throws for a limit on cost where the cost is not
 * known.
 */
export function amountToBorrow(limit: Limit, estimate: Estimate): number {
  const { metric } = limit
  if (metric === 'requests' || metric === 'concurrent') return 1
  const all = limit.amount + limit.burst
  const expected = expectedOf(metric, estimate)
  // It fits at most alone, or never.
  if (expected >= all) return expected
  const { seen } = estimate
  const spread = together * Math.sqrt(varianceOf(metric, estimate) * (expected / all))
  const known = enoughOf(metric, estimate) + spread
  const amount = seen < enoughSeen ? Math.max(known, all / (first + seen)) : known
  return Math.ceil(Math.max(expected, Math.min(amount, mostOf(metric, estimate), all)))
}

/**
 * What must be left for it, at most the `amount` it takes. Many small requests fill a limit anyway. Where
 * each is a good part of it, the last one has to fit as it is likely to be, a little beyond the limit:
 * prepared for the worst, all of them together would leave much of it unused.
 */
export function leastToBorrow(limit: Limit, estimate: Estimate, amount: number): number {
  const { metric } = limit
  if (metric === 'requests' || metric === 'concurrent') return 1
  const all = limit.amount + limit.burst
  const last = metric === 'cost' ? lastDollars : lastTokens
  if (amount <= last.unused * all) return amount
  const spread = last.deviations * Math.sqrt(varianceOf(metric, estimate))
  const likely = estimate.seen === 0 ? amount : expectedOf(metric, estimate) + spread
  const least = Math.max(likely - last.beyond * all, last.unused * all)
  return Math.min(amount, Math.ceil(least))
}

/** What is not the same for every request. */
type Varying = Exclude<Metric, 'requests' | 'concurrent'>

function expectedOf(metric: Varying, estimate: Estimate): number {
  const expected = amountOf(metric, estimate)
  if (expected !== null) return expected
  throw new Error('a limit on cost binds what has no known price')
}

function varianceOf(metric: Varying, estimate: Estimate): number {
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

function enoughOf(metric: Varying, estimate: Estimate): number {
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

/** Hardly ever is it more: of the input no more is known than what is expected. */
function mostOf(metric: Varying, estimate: Estimate): number {
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
