import type { LimitReports, Violation } from '../../../gateway/book-store.ts'
import { createLimitCounts, dateOf, type LimitCounts } from './limit-counts.ts'
import { isOfSubject, limitIsOf } from './report-filter.ts'

const MOST_VIOLATIONS = 10_000
const MOST_DAYS = 31
const DAY_MS = 86_400_000

/** What happened at limits lately, forgotten with the process. */
export function createMemoryReports(): LimitReports {
  /** By day since the epoch. */
  const days = new Map<number, LimitCounts>()
  let violations: Violation[] = []

  function on(atMs: number): LimitCounts {
    const day = Math.floor(atMs / DAY_MS)
    const known = days.get(day)
    if (known !== undefined) return known
    const counts = createLimitCounts()
    days.set(day, counts)
    const oldest = days.keys().next()
    if (days.size > MOST_DAYS && oldest.done !== true) days.delete(oldest.value)
    return counts
  }

  return {
    admitted: (limitId, amount) => on(Date.now()).admitted(limitId, amount),
    corrected: (limitId, difference) => on(Date.now()).corrected(limitId, difference),
    violated(violation) {
      on(violation.atMs).denied(violation.limitId)
      violations.push(violation)
      if (violations.length >= 2 * MOST_VIOLATIONS) violations = violations.slice(-MOST_VIOLATIONS)
    },
    async violations({ subject, sinceMs, limit }) {
      return violations
        .filter((violation) => violation.atMs >= (sinceMs ?? 0) && isOfSubject(violation, subject))
        .reverse()
        .slice(0, limit)
    },
    async stats({ subject, sinceMs, limit }) {
      const since = Math.floor((sinceMs ?? 0) / DAY_MS)
      return [...days]
        .filter(([day]) => day >= since)
        .flatMap(([day, counts]) => counts.rows(dateOf(day * DAY_MS)))
        .filter(({ limitId }) => limitIsOf(limitId, subject))
        .sort((a, b) => order(b.date, a.date) || order(a.limitId, b.limitId))
        .slice(0, limit)
    },
    async forget(beforeMs) {
      const kept = violations.filter(({ atMs }) => atMs >= beforeMs)
      let removed = violations.length - kept.length
      violations = kept
      for (const [day, counts] of days) {
        if (day >= Math.floor(beforeMs / DAY_MS)) continue
        removed += counts.size()
        days.delete(day)
      }
      return removed
    },
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
