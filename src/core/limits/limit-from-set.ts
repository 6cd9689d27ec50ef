import { defaultWindow } from './default-window.ts'
import type { Limit } from './limit.ts'
import type { SetLimit } from './set-limit.ts'

/**
 * The limit that was set at run time. In place of one that is configured for the same value it keeps its
 * id, and so its books: a changed amount gives nothing back. What is not set is as in that limit, else
 * as in the one for all values.
 */
export function limitFrom(
  set: SetLimit,
  replaced: Limit | undefined,
  general: Limit | undefined,
): Limit {
  const { scope, value, metric, per, amount, burst, expiresAtMs } = set
  const like = replaced ?? general
  return {
    id: replaced?.id ?? set.id,
    dimensions: [scope],
    only: value === null ? {} : { [scope]: value },
    metric,
    per,
    window: like?.window ?? defaultWindow(per),
    amount,
    burst,
    strict: like?.strict ?? false,
    expiresAtMs,
  }
}
