import type { Database } from 'better-sqlite3'
import {
  type Metric,
  metrics,
  type Period,
  periods,
  type Scope,
  scopes,
  subjectOf,
} from '../../../../core/limits/limit.ts'
import { largestAmount } from '../../../../core/limits/limit-bounds.ts'
import type { SetLimit } from '../../../../core/limits/set-limit.ts'
import { safeTime } from './safe-values.ts'

/** A limit set at run time, as both tables hold it. */
interface SetRow {
  readonly limit_id: string
  readonly scope: string
  readonly name: string | null
  readonly metric: string
  readonly period: string | null
  readonly amount: number
  readonly burst: number
  readonly expires_at_ms: number | null
  readonly set_at_ms: number | null
  readonly set_by: string | null
}

/** Quotas of users and clients stand in a table of their own, other limits among all limits. */
export interface SetLimitTables {
  /** Those that have not expired, in the order of their ids. */
  load(nowMs: number): SetLimit[]
  /** As `load`, where another connection has changed them since it was last asked; null: none has. */
  changedElsewhere(nowMs: number): SetLimit[] | null
  put(limit: SetLimit): void
  /** False where there was none. */
  remove(id: string): boolean
}

export function prepareSetLimits(database: Database): SetLimitTables {
  const all = database.prepare<[number], SetRow>(`
    SELECT * FROM (
      SELECT limit_id, scope, name, metric, period, amount, burst, expires_at_ms, set_at_ms, set_by
      FROM user_quotas
      UNION ALL
      SELECT limit_id, scope, name, metric, period, amount, burst, expires_at_ms, set_at_ms, set_by
      FROM rate_limit_configs WHERE source = 'set'
    ) WHERE expires_at_ms IS NULL OR expires_at_ms > ? ORDER BY limit_id`)
  const putQuota = database.prepare<[SetRow]>(`
    INSERT OR REPLACE INTO user_quotas
      (limit_id, scope, name, metric, period, amount, burst, expires_at_ms, set_at_ms, set_by)
    VALUES
      (@limit_id, @scope, @name, @metric, @period, @amount, @burst, @expires_at_ms, @set_at_ms,
       @set_by)`)
  const putOther = database.prepare<[SetRow & { readonly subject: string }]>(`
    INSERT OR REPLACE INTO rate_limit_configs
      (limit_id, source, scope, subject, name, metric, period, amount, burst, expires_at_ms,
       set_at_ms, set_by)
    VALUES
      (@limit_id, 'set', @scope, @subject, @name, @metric, @period, @amount, @burst,
       @expires_at_ms, @set_at_ms, @set_by)`)
  const removeQuota = database.prepare<[string]>('DELETE FROM user_quotas WHERE limit_id = ?')
  const removeOther = database.prepare<[string]>(
    "DELETE FROM rate_limit_configs WHERE limit_id = ? AND source = 'set'",
  )
  const remove = database.transaction(
    (id: string) => removeQuota.run(id).changes + removeOther.run(id).changes > 0,
  )
  const put = database.transaction((limit: SetLimit) => {
    remove(limit.id)
    if (limit.scope === 'user' || limit.scope === 'client') putQuota.run(rowOf(limit))
    else putOther.run({ ...rowOf(limit), subject: subjectOf(limit.scope, limit.value ?? '') })
  })
  const load = (nowMs: number) => all.all(nowMs).flatMap(limitOf)
  /** Changes with each commit of another connection, whatever that was about. */
  const versionOf = () => database.pragma('data_version', { simple: true })
  let seenVersion: unknown = null
  let seenLimits = ''

  return {
    load,
    changedElsewhere(nowMs) {
      const version = versionOf()
      if (version === seenVersion) return null
      seenVersion = version
      const limits = load(nowMs)
      const text = JSON.stringify(limits)
      if (text === seenLimits) return null
      seenLimits = text
      return limits
    },
    put: (limit) => put.immediate(limit),
    remove: (id) => remove.immediate(id),
  }
}

function rowOf(limit: SetLimit): SetRow {
  return {
    limit_id: limit.id,
    scope: limit.scope,
    name: limit.value,
    metric: limit.metric,
    period: limit.per,
    amount: limit.amount,
    burst: limit.burst,
    expires_at_ms: limit.expiresAtMs === null ? null : safeTime(limit.expiresAtMs),
    set_at_ms: safeTime(limit.setAtMs),
    set_by: limit.setBy,
  }
}

/** None where a row, which people may write by hand too, holds no limit. */
function limitOf(row: SetRow): SetLimit[] {
  const scope = oneOf<Scope>(scopes, row.scope)
  const metric = oneOf<Metric>(metrics, row.metric)
  const per = row.period === null ? null : oneOf<Period>(periods, row.period)
  if (scope === undefined || metric === undefined || per === undefined) return []
  if (!(row.amount > 0) || !(row.burst >= 0) || !(row.amount + row.burst <= largestAmount))
    return []
  if ((per === null) !== (metric === 'concurrent')) return []
  return [
    {
      id: row.limit_id,
      scope,
      value: scope === 'global' ? null : row.name,
      metric,
      per,
      amount: row.amount,
      burst: row.burst,
      expiresAtMs: row.expires_at_ms,
      setAtMs: row.set_at_ms ?? 0,
      setBy: row.set_by ?? 'unknown',
    },
  ]
}

function oneOf<T extends string>(names: readonly T[], name: string): T | undefined {
  return names.find((known) => known === name)
}
