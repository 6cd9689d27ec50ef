import type { WaybillRecord } from '../../core/account/record.ts'
import { createMemoryLimits } from './limits/memory-limits.ts'
import { withSafeNumbers } from './safe-numbers.ts'
import type { WaybillStore } from './waybill-store.ts'

export interface MemoryLedgerOptions {
  /** The oldest record makes room for the one after this many. */
  readonly maxRecords?: number
}

/** Keeps the last records in this process and forgets them with it: for trying things out. */
export function createMemoryLedger({
  maxRecords = 10_000,
}: MemoryLedgerOptions = {}): WaybillStore {
  const records = new Map<string, WaybillRecord>()

  return {
    append(record, stored) {
      if (!records.has(record.id)) {
        records.set(record.id, withSafeNumbers(record))
        const oldest = records.keys().next()
        if (records.size > maxRecords && oldest.done !== true) records.delete(oldest.value)
      }
      stored()
    },
    async flush() {},
    async close() {},
    health: () => ({
      state: 'ok',
      message: null,
      queuedRecords: 0,
      dropped: 0,
      skippedLines: 0,
    }),
    readWaybill: async (id) => records.get(id) ?? null,
    recentWaybills: async (limit) =>
      [...records.values()]
        .reverse()
        .sort((a, b) => b.arrivedAtMs - a.arrivedAtMs)
        .slice(0, limit),
    limits: createMemoryLimits(),
  }
}
