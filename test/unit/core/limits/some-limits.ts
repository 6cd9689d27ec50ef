import { defaultWindow } from '../../../../src/core/limits/default-window.ts'
import type { Limit, Metric, Period, Scope } from '../../../../src/core/limits/limit.ts'
import { limitId } from '../../../../src/core/limits/limit-id.ts'
import type { SetLimit } from '../../../../src/core/limits/set-limit.ts'

/** `['user', 'client']`: a book for each; `{ user: 'alice' }` beside it: for her alone. */
export function aLimit(
  dimensions: readonly Scope[],
  only: Partial<Record<Scope, string>> = {},
  { metric = 'requests', per = 'minute', ...rest }: Partial<Limit> = {},
): Limit {
  const named = dimensions.map((scope) => only[scope] ?? scope).join()
  return {
    id: `${named} ${metric}/${per}`,
    dimensions,
    only,
    metric,
    per,
    window: defaultWindow(per),
    amount: 100,
    burst: 0,
    strict: false,
    expiresAtMs: null,
    ...rest,
  }
}

export function aSetLimit(
  scope: Scope,
  value: string | null,
  amount: number,
  { metric = 'requests', per = 'minute', ...rest }: Partial<SetLimit> = {},
): SetLimit {
  return {
    id: limitId(scope, value, metric satisfies Metric, per satisfies Period | null),
    scope,
    value,
    metric,
    per,
    amount,
    burst: 0,
    expiresAtMs: null,
    setAtMs: 0,
    setBy: 'test',
    ...rest,
  }
}
