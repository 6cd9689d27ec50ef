import type { Limit } from '../../../core/limits/limit.ts'
import type { BookStore, LimitReports, SetLimitStore } from '../../../gateway/book-store.ts'

/** Where limits outlive the process, beside the ledger: `WaybillStore.limits`. */
export interface LimitStores {
  /** null where nothing outlives the process. */
  readonly books: BookStore | null
  readonly set: SetLimitStore
  readonly reports: LimitReports
  /** Writes down which limits the configuration holds, for people who look into the store. */
  configured(limits: readonly Limit[]): void
}
