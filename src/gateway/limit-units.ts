import type { Metric } from '../core/limits/limit.ts'

/** People count money in dollars, limits in billionths of one. */
const perDollar = 1_000_000_000

/** What an operator writes, in units of the metric: dollars of `cost` as whole nano-dollars. */
export function inUnits(metric: Metric, amount: number): number {
  return metric === 'cost' ? Math.round(amount * perDollar) : amount
}

/** The same back. */
export function forPeople(metric: Metric, units: number): number {
  return metric === 'cost' ? units / perDollar : units
}
