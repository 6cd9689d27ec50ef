import type { LimitReports, LimitStats, Violation } from '../../../gateway/book-store.ts'
import { createLimitCounts, dateOf } from './limit-counts.ts'
import { putOff } from './put-off.ts'
import type { Ask } from './worker-questions.ts'

/** Written down in one second; those beyond are counted and no more. */
const MOST_VIOLATIONS = 1_000

interface Report {
  readonly stats: readonly LimitStats[]
  readonly violations: readonly Violation[]
}

export interface SqliteReports extends LimitReports {
  /** Writes what is gathered; throws where it cannot. */
  flush(): Promise<void>
  stop(): void
}

/**
 * What happens at limits, gathered in memory and written each second. Counts go to the day in which
 * they are written, a second later at most.
 */
export function createSqliteReports(ask: Ask, onTrouble: (error: unknown) => void): SqliteReports {
  const counts = createLimitCounts()
  let violations: Violation[] = []
  /** What could not be written yet. */
  let waiting: Report | null = null
  const writing = putOff(write, onTrouble)

  async function write(): Promise<void> {
    if (waiting === null && counts.size() === 0 && violations.length === 0) return
    waiting ??= gathered()
    await ask({ kind: 'report-limits', ...waiting }, 'done')
    waiting = null
    onTrouble(null)
    if (counts.size() > 0 || violations.length > 0) writing.soon()
  }

  function gathered(): Report {
    const report = { stats: counts.rows(dateOf(Date.now())), violations }
    counts.clear()
    violations = []
    return report
  }

  return {
    admitted(limitId, amount) {
      counts.admitted(limitId, amount)
      writing.soon()
    },
    corrected(limitId, difference) {
      counts.corrected(limitId, difference)
      writing.soon()
    },
    violated(violation) {
      if (violations.length < MOST_VIOLATIONS) violations.push(violation)
      else counts.denied(violation.limitId)
      writing.soon()
    },
    async violations(filter) {
      await writing.now()
      return (await ask({ kind: 'violations', filter }, 'violations')).violations
    },
    async stats(filter) {
      await writing.now()
      return (await ask({ kind: 'limit-stats', filter }, 'limit-stats')).stats
    },
    async forget(beforeMs) {
      await writing.now()
      return (await ask({ kind: 'forget-reports', beforeMs }, 'removed')).count
    },
    flush: writing.now,
    stop: writing.stop,
  }
}
