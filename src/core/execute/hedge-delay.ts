import type { Distribution } from '../health/vitals.ts'

/** Below this many samples the slowest hundredth is an anecdote. */
export const leastSamples = 50
/** The p99 must fall at least by this share, or the extra calls buy nothing. */
const leastGain = 0.25
/**
 * Delays whose p99 lies within this factor of the best are as good. The longest of them costs least, and
 * keeps off the edge of the budget, where requests that are only a little late would use it up.
 */
const asGood = 1.1
const tail = 0.01

export interface HedgeDelay {
  readonly afterMs: number
  /** Expected 99th percentile of the first token with the hedge, and without it. */
  readonly p99Ms: number
  readonly aloneP99Ms: number
}

/**
 * The delay d after which a second attempt should start so that the 99th percentile of
 * min(T1, d + T2) is least, with P(T1 > d) ≤ `share` (Dean and Barroso, "The Tail at Scale"; the delay is
 * found instead of fixed at a percentile). T1 and T2 are taken as independent. null where the tail is
 * light, so that no delay is worth its calls, or where too little is known.
 */
export function hedgeDelay(
  first: Distribution,
  second: Distribution,
  share: number,
): HedgeDelay | null {
  if (first.count < leastSamples || second.count < leastSamples) return null
  const aloneP99Ms = first.quantile(1 - tail)
  let best: HedgeDelay | null = null
  for (const afterMs of delays(first, share, aloneP99Ms)) {
    const p99Ms = hedgedP99(first, second, afterMs, aloneP99Ms)
    // Ascending delays: the first is the best there is, later ones only save calls.
    const leastMs: number = best?.p99Ms ?? p99Ms
    if (p99Ms > leastMs * asGood) break
    best = { afterMs, p99Ms: Math.min(leastMs, p99Ms), aloneP99Ms }
  }
  return best !== null && best.p99Ms <= aloneP99Ms * (1 - leastGain) ? best : null
}

/** From the shortest delay the share allows, in small steps, up to the 99th percentile. */
function* delays(first: Distribution, share: number, p99Ms: number): Generator<number> {
  let delayMs = Math.max(1, first.quantile(1 - share))
  // Quantiles are approximate: a step of 1 % at a time until the share holds.
  while (first.exceeding(delayMs) > share && delayMs < p99Ms) delayMs *= 1.01
  for (; delayMs < p99Ms; delayMs *= 1.03) yield delayMs
}

/** The t with P(T1 > t) · P(d + T2 > t) = 0.01, found by halving. */
function hedgedP99(
  first: Distribution,
  second: Distribution,
  afterMs: number,
  aloneP99Ms: number,
): number {
  let low = 0
  let high = aloneP99Ms
  while (high - low > high * 0.005) {
    const middle = (low + high) / 2
    const late = middle <= afterMs ? 1 : second.exceeding(middle - afterMs)
    if (first.exceeding(middle) * late > tail) low = middle
    else high = middle
  }
  return high
}
