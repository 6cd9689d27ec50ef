import { collectDefaultMetrics, Registry } from 'prom-client'
import type { WaybillRecord } from '../../core/account/record.ts'
import type { Catalog } from '../../core/catalog.ts'
import type { HealthChange } from '../../core/health/change.ts'
import type { Telemetry } from '../../gateway/ports.ts'
import { attemptReason } from './attempt-reason.ts'
import { createLabelNames } from './label-names.ts'
import { defineLimitCounts, defineLimitGauges, type LimitFigures } from './limit-metrics.ts'
import { defineMetrics } from './metric-definitions.ts'
import { defineRoutingMetrics, type RoutingFigures } from './routing-metrics.ts'
import { bindSeries } from './series.ts'
import { createTallies } from './tally.ts'
import { defineWatchedMetrics, type WatchedFigures } from './watched-metrics.ts'

/**
 * Models and targets asked for by name that may have series of their own, beside those configured.
 */
const MAX_LEARNED_NAMES = 200

export interface Prometheus extends Telemetry {
  /** The text a scrape gets, of type `contentType`. */
  metricsText(): Promise<string>
  readonly contentType: string
  /** A configuration was put in force: its names may be labels. */
  configured(catalog: Pick<Catalog, 'generation' | 'aliases' | 'targets' | 'limits'>): void
  /** Limits are kept from now on. Called once. */
  watchLimits(figures: LimitFigures): void
  /** A request or attempt was charged to a limit, or turned away by it. */
  limited(limitId: string, result: 'admitted' | 'refused'): void
  reloadFailed(): void
  healthChanged(change: HealthChange): void
  /** An arm was taken out of the traffic split of a public name. */
  rolledBack(model: string, arm: string): void
}

export function createPrometheus(watched: WatchedFigures & RoutingFigures): Prometheus {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const metrics = defineMetrics(registry)
  defineWatchedMetrics(registry, watched)
  const tallies = createTallies()
  const series = bindSeries(metrics, tallies)
  const overhead = metrics.overhead.series({})
  const limits = defineLimitCounts(registry, tallies)
  const queued = {
    admitted: metrics.queued.series({ result: 'admitted' }),
    refused: metrics.queued.series({ result: 'refused' }),
    left: metrics.queued.series({ result: 'left' }),
  }
  const models = createLabelNames(MAX_LEARNED_NAMES)
  const targets = createLabelNames(MAX_LEARNED_NAMES)
  defineRoutingMetrics(registry, watched, (target) => targets.label(target, false) === target)

  /**
   * `unknown` when nothing is called so: what clients make up must not fill the database of
   * metrics.
   */
  function modelLabel({ resolvedAs, model, outcome }: WaybillRecord): string {
    if (resolvedAs === null) return 'unknown'
    return models.label(model, resolvedAs === 'alias' || outcome === 'success')
  }

  /** `provider/anything` is passed on, so a target exists only once it has answered. */
  function targetLabel(target: string | null, { resolvedAs }: WaybillRecord, answered: boolean) {
    return target === null ? 'none' : targets.label(target, resolvedAs === 'alias' || answered)
  }

  function countAttempts(record: WaybillRecord, model: string): void {
    let index = 0
    for (const attempt of record.attempts) {
      const target = targetLabel(attempt.target, record, attempt.result === 'success')
      const ofTarget = series.target(target)
      ofTarget.attempted(attempt, attemptReason(record.attempts, index++))
      if (attempt.failure !== null) ofTarget.failed(attempt.failure.class)
      series.route(model, target).used(attempt.usage, attempt.costNanoUsd)
    }
  }

  return {
    started: () => metrics.inFlight.inc(),
    finished(record) {
      metrics.inFlight.dec()
      const model = modelLabel(record)
      countAttempts(record, model)
      const target = targetLabel(record.target, record, record.outcome === 'success')
      series.route(model, target).ended(record)
      overhead(record.overheadMs / 1000)
      if (record.panic) metrics.panics.inc({ model })
      if (record.queuedMs > 0) queued[queueResult(record)](record.queuedMs / 1000)
      const { failureClass } = record
      if (failureClass === null || toldByAttempt(record)) return
      series.target(target).failed(failureClass)
    },
    metricsText() {
      tallies.handOver()
      return registry.metrics()
    },
    contentType: registry.contentType,
    configured({ generation, aliases, targets: configured, limits: ofConfiguration = [] }) {
      metrics.generation.set(generation)
      models.declare(aliases.keys())
      models.declare(configured.keys())
      targets.declare(configured.keys())
      limits.declare(ofConfiguration.map(({ id }) => id))
    },
    watchLimits: (figures) => defineLimitGauges(registry, figures),
    limited: limits.count,
    reloadFailed: () => metrics.reloadFailures.inc(),
    healthChanged: ({ target, to }) =>
      metrics.healthChanges.inc({ target: targets.label(target, false), to }),
    rolledBack: (model, arm) => metrics.rollbacks.inc({ model, arm }),
  }
}

/** What came of waiting in the queue of a limit. */
function queueResult({ attempts, status }: WaybillRecord): 'admitted' | 'refused' | 'left' {
  if (attempts.length > 0) return 'admitted'
  return status === 499 ? 'left' : 'refused'
}

/** Whether the failure the client saw is one an attempt has been counted for. */
function toldByAttempt({ attempts, failureClass }: WaybillRecord): boolean {
  return attempts.some(({ failure }) => failure?.class === failureClass)
}
