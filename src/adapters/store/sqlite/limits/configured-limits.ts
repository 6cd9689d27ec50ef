import type { Database } from 'better-sqlite3'
import { type Limit, subjectOf } from '../../../../core/limits/limit.ts'

interface ConfigurationRow {
  readonly limit_id: string
  readonly scope: string
  readonly subject: string | null
  readonly name: string | null
  readonly metric: string
  readonly period: string | null
  readonly amount: number
  readonly burst: number
  readonly window_kind: string
  readonly time_zone: string | null
  readonly strict: number
}

/** Writes down the limits of the configuration in place of those that stood there. */
export function prepareConfigured(database: Database): (limits: readonly Limit[]) => void {
  const clear = database.prepare("DELETE FROM rate_limit_configs WHERE source = 'configuration'")
  const put = database.prepare<[ConfigurationRow]>(`
    INSERT OR REPLACE INTO rate_limit_configs
      (limit_id, source, scope, subject, name, metric, period, amount, burst, window_kind,
       time_zone, strict)
    VALUES
      (@limit_id, 'configuration', @scope, @subject, @name, @metric, @period, @amount, @burst,
       @window_kind, @time_zone, @strict)`)
  const replace = database.transaction((limits: readonly Limit[]) => {
    clear.run()
    for (const limit of limits) put.run(rowOf(limit))
  })
  return (limits) => replace.immediate(limits)
}

function rowOf(limit: Limit): ConfigurationRow {
  return {
    limit_id: limit.id,
    scope: limit.dimensions.join('|'),
    subject: subjectFor(limit),
    name: nameIn(limit),
    metric: limit.metric,
    period: limit.per,
    amount: limit.amount,
    burst: limit.burst,
    window_kind: limit.window.kind,
    time_zone: limit.window.kind === 'calendar' ? limit.window.timeZone : null,
    strict: limit.strict ? 1 : 0,
  }
}

/** `client:web|model:fast`; null where it is for every value. */
function subjectFor({ dimensions, only }: Limit): string | null {
  const parts = dimensions.flatMap((scope) => {
    const value = scope === 'global' ? '' : only[scope]
    return value === undefined ? [] : [subjectOf(scope, value)]
  })
  return parts.length === 0 ? null : parts.join('|')
}

/** `web`, where it is for one value of one scope. */
function nameIn({ dimensions, only }: Limit): string | null {
  const [scope] = dimensions
  return scope === undefined || dimensions.length > 1 ? null : (only[scope] ?? null)
}
