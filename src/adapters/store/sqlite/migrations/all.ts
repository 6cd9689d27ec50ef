import type { Migration } from '../migrate.ts'
import { waybills } from './0001-waybills.ts'
import { limits } from './0002-limits.ts'
import { bucketsOfSetLimits } from './0003-buckets-of-set-limits.ts'

/**
 * In the order they run. A released migration is never changed; what it got wrong, the next
 * corrects.
 */
export const migrations: readonly Migration[] = [waybills, limits, bucketsOfSetLimits]
