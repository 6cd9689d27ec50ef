import {
  cleanLimits,
  limitBuckets,
  limitStats,
  limitStatus,
  limitsInForce,
  limitViolations,
  postLimit,
  putLimit,
  removeLimits,
  resetLimits,
} from './limits.ts'
import type { Operation } from './operation.ts'

/** All that the admin API does, for its document and for tests. */
export const operations: readonly Operation[] = [
  limitStatus,
  putLimit,
  postLimit,
  removeLimits,
  resetLimits,
  limitsInForce,
  limitStats,
  limitViolations,
  limitBuckets,
  cleanLimits,
]
