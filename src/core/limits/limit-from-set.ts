import { defaultWindow } from './default-window.ts'
import type { Limit } from './limit.ts'
import { limitId } from './limit-id.ts'
import type { SetLimit } from './set-limit.ts'

/**
 * The limit that was set at run time. It goes on with the books of the one whose place it takes, so a
 * changed amount gives nothing back: of the one that is configured for the same value, whose id it has
 * then, else of the one for all values, whether that is configured now or will be. What is not set is
 * as in that limit.
 */
export function limitFrom(
  set: SetLimit,
  replaced: Limit | undefined,
  general: Limit | undefined,
): Limit {
  const { scope, value, metric, per, amount, burst, expiresAtMs } = set
  const like = replaced ?? general
  const id = replaced?.id ?? set.id
  const booksOf = replaced?.id ?? general?.id ?? limitId(scope, null, metric, per)
  return {
    id,
    ...(booksOf === id ? {} : { booksOf }),
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
