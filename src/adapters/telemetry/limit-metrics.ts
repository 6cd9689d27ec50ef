import { Counter, Gauge, type Registry } from 'prom-client'
import { scopes } from '../../core/limits/limit.ts'
import type { LimitStateHealth } from '../../gateway/limit-state.ts'
import type { Tallies } from './tally.ts'

/** What is known of limits, read when metrics are asked for. */
export interface LimitFigures {
  health(): LimitStateHealth
  /** Requests that have borrowed from limits and are not settled yet. */
  reservations(): number
  /** Requests that wait for room. */
  queued(): number
}

type Result = 'admitted' | 'refused'

/** Counts what each limit did. */
export interface LimitCounts {
  /** Limits of the configuration: their ids may be labels. */
  declare(ids: Iterable<string>): void
  count(limitId: string, result: Result): void
}

export function defineLimitCounts(registry: Registry, tallies: Tallies): LimitCounts {
  const admissions = new Counter({
    name: 'waybill_limit_admissions_total',
    help: 'Requests and attempts that were charged to a limit, or turned away by it.',
    labelNames: ['limit', 'result'],
    registers: [registry],
  })
  const configured = new Set<string>()
  const series = new Map<string, Record<Result, (amount: number) => void>>()
  const seriesOf = (label: string) => {
    const known = series.get(label)
    if (known !== undefined) return known
    const fresh = {
      admitted: tallies.of(admissions.labels(label, 'admitted')),
      refused: tallies.of(admissions.labels(label, 'refused')),
    }
    series.set(label, fresh)
    return fresh
  }
  return {
    declare(ids) {
      for (const id of ids) configured.add(id)
    },
    count(limitId, result) {
      seriesOf(configured.has(limitId) ? limitId : scopeIn(limitId))[result](1)
    },
  }
}

const scopeNames: ReadonlySet<string> = new Set(scopes)

/**
 * Limits set at run time are as many as there are users, and each label is a series for good: of
 * `user:alice requests/minute` it is `user`.
 */
function scopeIn(limitId: string): string {
  const scope = /^[a-z]+/.exec(limitId)?.[0] ?? ''
  return scopeNames.has(scope) ? scope : 'other'
}

export function defineLimitGauges(registry: Registry, figures: LimitFigures): void {
  const define = (name: string, help: string, figure: () => number) => {
    new Gauge({
      name: `waybill_limit_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(figure())
      },
    })
  }
  define('state_exact', '1 while limits are exact, 0 while this process holds its share.', () =>
    figures.health().mode === 'exact' ? 1 : 0,
  )
  define(
    'replicas',
    'Gateways that share the limits, this one included.',
    () => figures.health().replicas,
  )
  define('books', 'Books of limits in use.', () => figures.health().books)
  define('reservations', 'Requests charged by an estimate, the truth not known yet.', () =>
    figures.reservations(),
  )
  define('queue_length', 'Requests that wait for room in a limit.', () => figures.queued())
}
