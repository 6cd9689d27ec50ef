import type { Database } from 'better-sqlite3'
import type { Limit } from '../../../../core/limits/limit.ts'
import { type BookTable, prepareBooks } from './book-table.ts'
import { prepareConfigured } from './configured-limits.ts'
import { prepareReports, type ReportTables } from './report-tables.ts'
import { prepareSetLimits, type SetLimitTables } from './set-limit-tables.ts'

/** The tables of 0002-limits. Whatever writes does all of it or, when it throws, nothing. */
export interface LimitTables {
  readonly books: BookTable
  readonly set: SetLimitTables
  readonly reports: ReportTables
  /** Writes down the limits of the configuration in place of those that stood there. */
  configured(limits: readonly Limit[]): void
}

export function prepareLimits(database: Database): LimitTables {
  return {
    books: prepareBooks(database),
    set: prepareSetLimits(database),
    reports: prepareReports(database),
    configured: prepareConfigured(database),
  }
}
