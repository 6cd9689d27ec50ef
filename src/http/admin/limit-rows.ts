import { type Limit, type Metric, metrics, subjectOf } from '../../core/limits/limit.ts'
import type { SetLimit } from '../../core/limits/set-limit.ts'
import type { LimitStats, Violation } from '../../gateway/book-store.ts'
import type { LimitInForce } from '../../gateway/limit-desk.ts'
import type { Book } from '../../gateway/limit-state.ts'
import { forPeople } from '../../gateway/limit-units.ts'
import type { Standing } from '../../gateway/standings.ts'
import type {
  Bucket,
  LimitConfiguration,
  LimitDay,
  LimitStanding,
  SetLimitRow,
  ViolationRow,
} from './contract/limits.ts'

/** Limits and books as the contract shows them: money in dollars, instants as text. */

export function standingRow(standing: Standing & LimitInForce): LimitStanding {
  const { limit, set } = standing
  return {
    ...described(limit, standing.subject),
    ...figures(standing),
    origin: set === null ? 'configuration' : 'set',
    expiresAt: instantOf(limit.expiresAtMs),
  }
}

export function bucketRow(book: Book): Bucket {
  const touchedAt = new Date(book.touchedAtMs).toISOString()
  return { ...described(book.limit, book.subject), ...figures(book), touchedAt }
}

export function configurationRow({ limit, set }: LimitInForce): LimitConfiguration {
  const { window, strict, expiresAtMs } = limit
  return {
    ...described(limit, scopeOf(limit)),
    kind: window.kind,
    windowMs: window.kind === 'sliding' ? window.lengthMs : null,
    timeZone: window.kind === 'calendar' ? window.timeZone : null,
    strict,
    origin: set === null ? 'configuration' : 'set',
    expiresAt: instantOf(expiresAtMs),
    setAt: instantOf(set?.setAtMs ?? null),
    setBy: set?.setBy ?? null,
  }
}

export function setLimitRow(set: SetLimit): SetLimitRow {
  const { id, scope, value, metric, per, amount, burst, expiresAtMs, setAtMs, setBy } = set
  return {
    id,
    scope: subjectOf(scope, value ?? ''),
    metric,
    window: per,
    limit: forPeople(metric, amount),
    burst: forPeople(metric, burst),
    expiresAt: instantOf(expiresAtMs),
    setAt: new Date(setAtMs).toISOString(),
    setBy,
  }
}

export function violationRow(violation: Violation): ViolationRow {
  const { atMs, limitId, subject, metric, needed, remaining, ...others } = violation
  return {
    at: new Date(atMs).toISOString(),
    requestId: others.requestId,
    id: limitId,
    scope: subject,
    metric,
    client: others.client,
    user: others.user,
    ip: others.ip,
    model: others.model,
    needed: forPeople(metric, needed),
    remaining: forPeople(metric, remaining),
    retryAfterMs: others.retryAfterMs,
  }
}

export function dayRow({ date, limitId, allowed, denied, amount }: LimitStats): LimitDay {
  const metric = metricIn(limitId)
  return { date, id: limitId, metric, allowed, denied, amount: forPeople(metric, amount) }
}

/** Statistics outlive their limits, whose ids say what they counted: `user:alice cost/day`. */
function metricIn(limitId: string): Metric {
  for (const word of limitId.split(' ').reverse()) {
    const found = metrics.find((metric) => metric === word.split('/')[0])
    if (found !== undefined) return found
  }
  return 'requests'
}

function described(limit: Limit, scope: string) {
  const { id, metric, per, amount, burst } = limit
  return {
    id,
    scope,
    metric,
    window: per,
    limit: forPeople(metric, amount),
    burst: forPeople(metric, burst),
  }
}

function figures({ limit: { metric }, used, reserved, remaining, resetMs }: Standing) {
  return {
    used: forPeople(metric, used),
    reserved: forPeople(metric, reserved),
    remaining: forPeople(metric, remaining),
    resetMs: Math.max(0, Math.ceil(resetMs)),
  }
}

/** `user:*`, `client:web|model:*` */
function scopeOf({ dimensions, only }: Limit): string {
  return dimensions
    .map((scope) => {
      const value = scope === 'global' ? '' : only[scope]
      return value === undefined ? `${scope}:*` : subjectOf(scope, value)
    })
    .join('|')
}

function instantOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
