import { type Metric, type Period, type Scope, subjectOf } from './limit.ts'

/** `requests/minute`, `concurrent` */
export function measureOf(metric: Metric, per: Period | null): string {
  return per === null ? metric : `${metric}/${per}`
}

/**
 * Id of a limit with its default window: `user:alice requests/minute`; without a value the limit has a
 * book for each: `user requests/minute`.
 */
export function limitId(
  scope: Scope,
  value: string | null,
  metric: Metric,
  per: Period | null,
): string {
  return `${value === null ? scope : subjectOf(scope, value)} ${measureOf(metric, per)}`
}
