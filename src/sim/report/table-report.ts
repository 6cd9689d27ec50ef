import { dollars, milliseconds, percent } from './format.ts'
import type { StrategyReport } from './tally.ts'

/** Columns of the comparison, one row per strategy. */
export const comparisonHeading = [
  'STRATEGY',
  'FIRST MEAN',
  'P50',
  'P95',
  'P99',
  'TOTAL MEAN',
  'P50',
  'P95',
  'P99',
  'COST',
  'SUCCESS',
  'ATTEMPTS',
  'RETRIES',
  'HEDGES',
] as const

export function comparisonRow(report: StrategyReport): string[] {
  const { firstTokenMs: first, totalMs: total } = report
  return [
    report.strategy,
    ...[first.mean, first.p50, first.p95, first.p99].map(milliseconds),
    ...[total.mean, total.p50, total.p95, total.p99].map(milliseconds),
    dollars(report.costUsd),
    percent(report.success),
    String(report.attempts),
    String(report.retries),
    String(report.hedges),
  ]
}

export const shareHeading = ['STRATEGY', 'ANSWERED BY', 'REQUESTS', 'SHARE'] as const

/** The name of the strategy stands in its first row only. */
export function shareRows({ strategy, targets, failures, requests }: StrategyReport): string[][] {
  const rows = [
    ...targets.map(({ target, answered, share }) => [target, String(answered), percent(share)]),
    ...failures.map((failed) => [
      `(${failed.class})`,
      String(failed.requests),
      percent(failed.requests / requests),
    ]),
  ]
  return rows.map((row, index) => [index === 0 ? strategy : '', ...row])
}
