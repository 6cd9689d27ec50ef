import type { Denial } from './limit.ts'

/** Whether room can be there before `untilMs`, which is in the same time as `nowMs`. */
export function isWorthWaiting(denial: Denial, nowMs: number, untilMs: number): boolean {
  const { limit, needed, retryAfterMs } = denial
  // When a request that runs will end nobody knows.
  if (limit.window.kind === 'held') return needed <= limit.amount + limit.burst && nowMs < untilMs
  return retryAfterMs !== null && nowMs + retryAfterMs < untilMs
}

/** That a request ended at another gateway, nobody tells: it is looked for. */
const lookEveryMs = 250

/** How long until asking again may be of use; at least a millisecond, so that it cannot run hot. */
export function nextTryMs({ limit, retryAfterMs }: Denial): number {
  if (limit.window.kind === 'held' || retryAfterMs === null) return lookEveryMs
  return Math.max(1, retryAfterMs)
}
