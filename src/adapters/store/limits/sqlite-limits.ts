import type { Limit } from '../../../core/limits/limit.ts'
import type { WriteBytes } from '../journal/segment-writer.ts'
import { errorMessage } from '../system-error.ts'
import type { WorkerLink } from '../worker/worker-link.ts'
import type { LimitStores } from './limit-stores.ts'
import { putOff } from './put-off.ts'
import { createSqliteBooks } from './sqlite-books.ts'
import { createSqliteReports } from './sqlite-reports.ts'
import { createSqliteSetLimits } from './sqlite-set-limits.ts'
import { askThrough } from './worker-questions.ts'

export interface SqliteLimitsOptions {
  /** The ledger's: it has the database. */
  readonly worker: WorkerLink
  /** Of the books' journal. */
  readonly directory: string
  readonly write: WriteBytes
  /** Told what is wrong with each part, and null when it is over. */
  readonly onTrouble: (part: LimitsPart, message: string | null) => void
}

export type LimitsPart = 'journal of limits' | 'books of limits' | 'reports of limits'

export interface SqliteLimits extends LimitStores {
  /** While the worker still runs. Never rejects. */
  close(): Promise<void>
}

/** Everything about limits in the ledger's SQLite database, reached through the ledger's worker. */
export function openSqliteLimits(options: SqliteLimitsOptions): SqliteLimits {
  const { onTrouble } = options
  const ask = askThrough(options.worker)
  const books = createSqliteBooks({
    ask,
    directory: options.directory,
    write: options.write,
    onJournalTrouble: (message) => onTrouble('journal of limits', message),
    onTrouble: (message) => onTrouble('books of limits', message),
  })
  const set = createSqliteSetLimits(ask)
  const reports = createSqliteReports(ask, reportTrouble)
  let configured: readonly Limit[] | null = null
  const writing = putOff(writeConfigured, () => {}) // reports meet the same trouble

  function reportTrouble(error: unknown): void {
    const because = error === null ? null : errorMessage(error)
    onTrouble(
      'reports of limits',
      because === null ? null : `What happens at limits cannot be recorded (${because}).`,
    )
  }

  async function writeConfigured(): Promise<void> {
    const limits = configured
    if (limits === null) return
    await ask({ kind: 'configured-limits', limits }, 'done')
    if (configured === limits) configured = null
  }

  return {
    books,
    set,
    reports,
    configured(limits) {
      configured = limits
      writing.soon()
    },
    async close() {
      set.stop()
      reports.stop()
      writing.stop()
      await books.close()
      await Promise.allSettled([reports.flush(), writing.now()])
    },
  }
}
