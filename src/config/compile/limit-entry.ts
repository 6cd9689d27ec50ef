import { defaultWindow, periodMs } from '../../core/limits/default-window.ts'
import {
  type Limit,
  type Metric,
  metrics,
  type Period,
  periods,
  type Scope,
  scopes,
  type Window,
} from '../../core/limits/limit.ts'
import { largestAmount } from '../../core/limits/limit-bounds.ts'
import { limitId } from '../../core/limits/limit-id.ts'
import { localTimeIn } from '../../core/plan/time-window.ts'
import type { Findings, Path } from '../problem.ts'
import type { LimitSettings } from '../schema/limits.ts'
import { reportUnknownZone } from './time-zone.ts'

/** Where a list of limits stands, and what it is for. */
export interface LimitPlace {
  readonly path: Path
  readonly scope: Scope
  /** null: a book for every value. */
  readonly value: string | null
}

/** One limit for each measure of an entry; none where something is wrong with it, which is reported. */
export function compileEntry(
  entry: LimitSettings,
  place: LimitPlace,
  path: Path,
  findings: Findings,
): Limit[] {
  const measured = metrics.filter((metric) => entry[metric] !== undefined)
  const [first] = measured
  if (first === undefined) {
    findings.problem(path, 'measures nothing: add requests, tokens, cost or concurrent')
    return []
  }
  const dimensions = dimensionsOf(entry, place, path, findings)
  const burst = burstOf(entry, measured, path, findings)
  const window = windowOf(entry, measured, path, findings)
  if (window === null) return []
  const per = entry.per ?? null
  const { scope, value } = place
  return measured.map((metric) => ({
    id: idOf(place, metric, per, window, dimensions),
    dimensions,
    only: value === null ? {} : { [scope]: value },
    metric,
    per,
    window,
    amount: entry[metric] ?? 0,
    burst,
    strict: entry.strict,
    expiresAtMs: null,
  }))
}

/** Names the window where it is not the usual one, so that a limit beside it changes no id. */
function idOf(
  { scope, value }: LimitPlace,
  metric: Metric,
  per: Period | null,
  window: Window,
  dimensions: readonly Scope[],
): string {
  const further = dimensions.filter((one) => one !== scope)
  return [
    limitId(scope, value, metric, per),
    ...(window.kind === defaultWindow(per).kind ? [] : [window.kind]),
    ...(further.length === 0 ? [] : [`each ${further.join(',')}`]),
  ].join(' ')
}

/** In the order of `scopes`, so that however they are written they mean the same books. */
function dimensionsOf(
  { each = [] }: LimitSettings,
  { scope }: LimitPlace,
  path: Path,
  findings: Findings,
): readonly Scope[] {
  for (const [index, further] of each.entries()) {
    const at = [...path, 'each', index]
    if (each.indexOf(further) < index)
      findings.problem(at, `"${further}" is listed twice; keep one`)
    if (further === scope) {
      findings.problem(at, `this list keeps an amount for each ${scope} already; take it out`)
    }
  }
  if (scope === 'global' && each.length > 0) {
    const message = `has no place under global; write the entry under limits.${each[0]}`
    findings.problem([...path, 'each'], message, 'key')
  }
  return scopes.filter((one) => one === scope || each.some((further) => further === one))
}

/** In units of the one measure it stands beside. */
function burstOf(
  { burst = 0, ...entry }: LimitSettings,
  measured: readonly Metric[],
  path: Path,
  findings: Findings,
): number {
  if (burst === 0) return 0
  const at = [...path, 'burst']
  const [metric = 'requests', second] = measured
  if (second !== undefined) {
    const message = `could mean ${metric} or ${second}; give each an entry of its own`
    findings.problem(at, message, 'key')
    return 0
  }
  if (metric === 'concurrent') {
    findings.problem(at, 'has no meaning beside concurrent; raise concurrent instead', 'key')
    return 0
  }
  const units = metric === 'cost' ? Math.round(dollarsOf(burst) * 1e9) : burst
  if (typeof units === 'string' || !Number.isInteger(units)) {
    const shown = JSON.stringify(burst)
    findings.problem(at, `must be a whole number of ${metric}, such as 10, not ${shown}`)
    return 0
  }
  const most = largestAmount - (entry[metric] ?? 0)
  if (units > most) {
    const [shown, unit] = metric === 'cost' ? [most / 1e9, ' dollars'] : [most, '']
    findings.problem(at, `must be at most ${shown}${unit}, not ${burst}`)
    return 0
  }
  return units
}

function dollarsOf(given: number | string): number {
  return typeof given === 'number' ? given : Number(given.replace('$', ''))
}

/** null where something is wrong with it. */
function windowOf(
  { per, window, timeZone }: LimitSettings,
  measured: readonly Metric[],
  path: Path,
  findings: Findings,
): Window | null {
  if (measured.includes('concurrent')) {
    const [other] = measured.filter((metric) => metric !== 'concurrent')
    if (other !== undefined) {
      findings.problem(path, `counts concurrent and ${other}; give each an entry of its own`)
      return null
    }
    const written = Object.entries({ per, window, timeZone }).find(
      ([, value]) => value !== undefined,
    )
    if (written === undefined) return defaultWindow(null)
    const message = 'has no meaning beside concurrent, which holds at every moment; take it out'
    findings.problem([...path, written[0]], message, 'key')
    return null
  }
  if (per === undefined) {
    findings.problem(path, `needs per: one of ${periods.join(', ')}`)
    return null
  }
  const kind = window ?? defaultWindow(per).kind
  if (timeZone !== undefined && kind === 'sliding') {
    const message = `has no meaning where the ${per} slides; add window: calendar, or take it out`
    findings.problem([...path, 'timeZone'], message, 'key')
    return null
  }
  if (kind === 'sliding') return { kind, lengthMs: periodMs[per] }
  const zone = timeZone ?? 'UTC'
  if (localTimeIn(zone) === null) {
    reportUnknownZone(zone, [...path, 'timeZone'], findings)
    return null
  }
  return { kind: 'calendar', period: per, timeZone: zone }
}
