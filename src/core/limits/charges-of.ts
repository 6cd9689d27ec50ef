import type { Estimate } from './estimate.ts'
import type { Binding, Charge, Metric } from './limit.ts'
import { amountToBorrow, leastToBorrow } from './to-borrow.ts'

/** One request is one, whatever it says: no estimate is needed. */
export function countsRequests(metric: Metric): boolean {
  return metric === 'requests' || metric === 'concurrent'
}

/** What is borrowed is an estimate, to be settled; a request is one request, whatever becomes of it. */
export function isEstimated(metric: Metric): boolean {
  return metric !== 'requests'
}

/** A limit on cost binds: what has no known price cannot be held to it. */
export function needsPrice(bindings: readonly Binding[]): boolean {
  for (const { limit } of bindings) if (limit.metric === 'cost') return true
  return false
}

/**
 * What is borrowed from the books of these limits, in their order. Throws when a limit on cost binds and
 * the cost is not known: ask `needsPrice` first, for nothing is charged as if it were free.
 */
export function chargesOf(bindings: readonly Binding[], estimate: Estimate): readonly Charge[] {
  const charges: Charge[] = []
  for (const { limit, subject } of bindings) {
    const amount = amountToBorrow(limit, estimate)
    charges.push({ limit, subject, amount, least: leastToBorrow(limit, estimate, amount) })
  }
  return charges
}
