import type { Failure } from '../core/failure.ts'

/**
 * The longest wait of a limit per minute, whose window is up to half a second longer. SDKs sleep inside
 * the call for as long as they are told; nobody wants a call that hangs until a budget is filled up at
 * midnight.
 */
const longestSleepMs = 61_000

/**
 * False where an SDK must not ask again by itself: what stands in the way is there until somebody acts, or
 * for longer than anybody waits in a call.
 */
export function mayAskAgain({ class: name, fault, retryAfterMs }: Failure): boolean {
  const ours = fault === 'policy' || name === 'no_target_available'
  return !ours || (retryAfterMs !== null && retryAfterMs <= longestSleepMs)
}

/** The seconds of `retry-after`: whole ones, and never so few that asking again is too early. */
export function retryAfterSeconds(retryAfterMs: number): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000))
}
