import type { LimitStores } from './limit-stores.ts'
import { createMemoryReports } from './memory-reports.ts'
import { createMemorySetLimits } from './memory-set-limits.ts'

/** For `--data :memory:`: everything about limits ends with the process. */
export function createMemoryLimits(): LimitStores {
  return {
    books: null,
    set: createMemorySetLimits(),
    reports: createMemoryReports(),
    configured() {},
  }
}
