import type { Database, Statement } from 'better-sqlite3'
import { type Metric, metrics } from '../../../../core/limits/limit.ts'
import type { LimitStats, ReportFilter, Violation } from '../../../../gateway/book-store.ts'
import { isOfSubject, limitIsOf } from '../../limits/report-filter.ts'
import { safeNumber, safeTime, shortText } from './safe-values.ts'

interface ViolationRow {
  readonly at_ms: number
  readonly request_id: string
  readonly limit_id: string
  readonly subject: string
  readonly metric: string
  readonly client: string
  readonly user: string | null
  readonly ip: string | null
  readonly model: string
  readonly needed: number
  readonly remaining: number
  readonly retry_after_ms: number | null
}

interface StatsRow {
  readonly date: string
  readonly limit_id: string
  readonly allowed: number
  readonly denied: number
  readonly amount: number
}

export interface ReportTables {
  /** Adds these. `denied` of a day counts what is not among `violations`: those count themselves. */
  add(stats: readonly LimitStats[], violations: readonly Violation[]): void
  violations(filter: ReportFilter): Violation[]
  stats(filter: ReportFilter): LimitStats[]
  /** Number of rows removed. */
  forget(beforeMs: number): number
}

export function prepareReports(database: Database): ReportTables {
  const addStats = database.prepare<[StatsRow]>(`
    INSERT INTO rate_limit_stats (date, limit_id, allowed, denied, amount)
    VALUES (@date, @limit_id, @allowed, @denied, @amount)
    ON CONFLICT (date, limit_id) DO UPDATE SET
      allowed = allowed + excluded.allowed, denied = denied + excluded.denied,
      amount = amount + excluded.amount`)
  const addViolation = database.prepare<[ViolationRow]>(`
    INSERT INTO rate_limit_violations
      (at_ms, request_id, limit_id, subject, metric, client, user, ip, model, needed, remaining,
       retry_after_ms)
    VALUES
      (@at_ms, @request_id, @limit_id, @subject, @metric, @client, @user, @ip, @model, @needed,
       @remaining, @retry_after_ms)`)
  const violationsSince = database.prepare<[number], ViolationRow>(
    'SELECT * FROM rate_limit_violations WHERE at_ms >= ? ORDER BY at_ms DESC, id DESC',
  )
  const statsSince = database.prepare<[string], StatsRow>(
    'SELECT * FROM rate_limit_stats WHERE date >= ? ORDER BY date DESC, limit_id',
  )
  const forgetViolations = database.prepare<[number]>(
    'DELETE FROM rate_limit_violations WHERE at_ms < ?',
  )
  const forgetStats = database.prepare<[string]>('DELETE FROM rate_limit_stats WHERE date < ?')
  const add = database.transaction<ReportTables['add']>((stats, violations) => {
    const nowMs = Date.now()
    for (const day of stats) addStats.run(statsRow(day))
    for (const violation of violations) addViolation.run(violationRow(violation, nowMs))
  })
  const forget = database.transaction(
    (beforeMs: number) =>
      forgetViolations.run(safeTime(beforeMs)).changes + forgetStats.run(dateOf(beforeMs)).changes,
  )

  return {
    add: (stats, violations) => add.immediate(stats, violations),
    violations: ({ subject, sinceMs, limit }) =>
      firstOf(limit, violationsSince, sinceMs ?? 0, (row) => {
        const violation = violationOf(row)
        return violation !== null && isOfSubject(violation, subject) ? violation : null
      }),
    stats: ({ subject, sinceMs, limit }) =>
      firstOf(limit, statsSince, dateOf(sinceMs ?? 0), (row) =>
        limitIsOf(row.limit_id, subject) ? statsOf(row) : null,
      ),
    forget: (beforeMs) => forget.immediate(beforeMs),
  }
}

/** Looks at row after row until it has taken enough. */
function firstOf<Since, Row, T>(
  most: number,
  rows: Statement<[Since], Row>,
  since: Since,
  take: (row: Row) => T | null,
): T[] {
  const found: T[] = []
  if (most <= 0) return found // a look that is begun and not ended would hold the database
  for (const row of rows.iterate(since)) {
    const taken = take(row)
    if (taken !== null && found.push(taken) >= most) break
  }
  return found
}

function dateOf(atMs: number): string {
  return new Date(safeTime(atMs)).toISOString().slice(0, 10)
}

function statsRow({ date, limitId, allowed, denied, amount }: LimitStats): StatsRow {
  return { date, limit_id: limitId, allowed, denied, amount: safeNumber(amount) }
}

function statsOf({ date, limit_id, allowed, denied, amount }: StatsRow): LimitStats {
  return { date, limitId: limit_id, allowed, denied, amount }
}

/** None is of the future: what is older than the newest by a month is removed. */
function violationRow(violation: Violation, nowMs: number): ViolationRow {
  const { user, ip, retryAfterMs } = violation
  return {
    at_ms: safeTime(Math.min(violation.atMs, nowMs)),
    request_id: violation.requestId,
    limit_id: violation.limitId,
    subject: shortText(violation.subject),
    metric: violation.metric,
    client: shortText(violation.client),
    user: user === null ? null : shortText(user),
    ip,
    model: shortText(violation.model),
    needed: safeNumber(violation.needed),
    remaining: safeNumber(violation.remaining),
    retry_after_ms: retryAfterMs === null ? null : Math.ceil(safeNumber(retryAfterMs)),
  }
}

function violationOf(row: ViolationRow): Violation | null {
  const metric = metrics.find((known): known is Metric => known === row.metric)
  if (metric === undefined) return null
  return {
    atMs: row.at_ms,
    requestId: row.request_id,
    limitId: row.limit_id,
    subject: row.subject,
    metric,
    client: row.client,
    user: row.user,
    ip: row.ip,
    model: row.model,
    needed: row.needed,
    remaining: row.remaining,
    retryAfterMs: row.retry_after_ms,
  }
}
