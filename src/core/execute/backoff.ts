import type { Retry } from '../catalog.ts'

/**
 * Full jitter (AWS, "Exponential Backoff And Jitter"): a uniform draw from 0 to
 * min(maxBackoff, backoff · 2^(attempts − 1)), so that clients of a failed target do not return in step.
 */
export function backoffMs(retry: Retry, attemptsMade: number, random: number): number {
  return random * Math.min(retry.maxBackoffMs, retry.backoffMs * 2 ** (attemptsMade - 1))
}
