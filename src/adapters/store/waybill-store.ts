import type { WaybillRecord } from '../../core/account/record.ts'
import type { Ledger } from '../../gateway/ports.ts'
import type { LimitStores } from './limits/limit-stores.ts'

export interface LedgerHealth {
  readonly state: 'ok' | 'degraded'
  /** What is wrong and what to do about it; null when nothing is. */
  readonly message: string | null
  /** Appended and not yet in the store, wherever they wait. */
  readonly queuedRecords: number
  /** Given up because nothing could hold them any more, since the start. */
  readonly dropped: number
  /**
   * Journal lines that held no whole record, since the start: what a crash cut off in mid-write.
   */
  readonly skippedLines: number
}

/** A ledger that can also be asked. Every store keeps the promises of test/conformance/ledger. */
export interface WaybillStore extends Ledger {
  health(): LedgerHealth
  /** Sees every record appended before the call, unless the store is in trouble. */
  readWaybill(id: string): Promise<WaybillRecord | null>
  /** The latest to arrive, newest first; at most `limit`. */
  recentWaybills(limit: number): Promise<readonly WaybillRecord[]>
  /** What outlives the process beside records. Its `books` are closed before the ledger. */
  readonly limits: LimitStores
}
