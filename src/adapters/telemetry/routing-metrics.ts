import { Counter, Gauge, type Registry } from 'prom-client'
import type { ArmReport } from '../../core/experiment/report.ts'
import type { Vitals } from '../../core/health/vitals.ts'

/** What decisions rest on, read when metrics are asked for. */
export interface RoutingFigures {
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Every target of which anything is known. */
  targets(): Iterable<Vitals>
  /** The arms of every traffic split in force. */
  arms(): Iterable<ArmFigures>
  /** Further attempts that were not made because the retry budget was used up. */
  retriesRefused(): number
}

export interface ArmFigures {
  /** Public name whose traffic is split. */
  readonly model: string
  readonly report: ArmReport
}

const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const

/** `isLabel`: clients make targets up, and only those that answered or are configured are shown. */
export function defineRoutingMetrics(
  registry: Registry,
  figures: RoutingFigures,
  isLabel: (target: string) => boolean,
): void {
  defineTargetGauges(registry, figures, isLabel)
  defineArmGauges(registry, figures)
  new Counter({
    name: 'waybill_retry_budget_exhausted_total',
    help: 'Further attempts that were not made because the retry budget was used up.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(figures.retriesRefused())
    },
  })
}

function defineTargetGauges(
  registry: Registry,
  figures: RoutingFigures,
  isLabel: (target: string) => boolean,
): void {
  const define = (
    name: string,
    help: string,
    figureOf: (of: Vitals, nowMs: number) => number | null,
  ) => {
    new Gauge({
      name: `waybill_target_${name}`,
      help,
      labelNames: ['target'],
      registers: [registry],
      collect() {
        this.reset()
        const nowMs = figures.nowMs()
        for (const vitals of figures.targets()) {
          const value = isLabel(vitals.target) ? figureOf(vitals, nowMs) : null
          if (value !== null) this.set({ target: vitals.target }, value)
        }
      },
    })
  }
  define(
    'breaker_state',
    'Circuit breaker of a target: 0 closed, 1 half-open, 2 open.',
    (vitals, nowMs) => breakerStates[vitals.breaker(nowMs)],
  )
  define(
    'available',
    '1 where a target may be asked, 0 where its breaker is open or it cools down.',
    (vitals, nowMs) => (vitals.availability(nowMs).state === 'unavailable' ? 0 : 1),
  )
  define('success_rate', 'Share of calls that succeed, 0 to 1, recent ones first.', (of, nowMs) =>
    of.successRate(nowMs),
  )
  define('slow_share', 'Share of recent calls that were slow, as health.slow says.', (of, nowMs) =>
    of.slowShare(nowMs),
  )
  define(
    'headroom',
    'What is left of the limits the provider was seen to have, 0 to 1.',
    (of, nowMs) => of.headroom(nowMs),
  )
  define('requests_in_flight', 'Attempts at a target under way.', ({ inFlight }) => inFlight)
  define(
    'outstanding_tokens',
    'Estimated tokens, in and out, of the attempts under way.',
    ({ outstandingTokens }) => outstandingTokens,
  )
}

function defineArmGauges(registry: Registry, figures: RoutingFigures): void {
  const define = (name: string, help: string, figureOf: (report: ArmReport) => number | null) => {
    new Gauge({
      name: `waybill_split_${name}`,
      help,
      labelNames: ['model', 'arm'],
      registers: [registry],
      collect() {
        this.reset()
        for (const { model, report } of figures.arms()) {
          const value = figureOf(report)
          if (value !== null) this.set({ model, arm: report.arm }, value)
        }
      },
    })
  }
  define('requests', 'Requests an arm of a traffic split has had.', ({ requests }) => requests)
  define('error_rate', 'Share of the requests of an arm that failed.', ({ errorRate }) => errorRate)
  define('latency_seconds', 'Geometric mean until the end of the reply.', ({ latencyMs }) =>
    latencyMs === null ? null : latencyMs / 1000,
  )
  define('cost_usd', 'Geometric mean of the cost of a request.', ({ costNanoUsd }) =>
    costNanoUsd === null ? null : costNanoUsd / 1e9,
  )
  define('rolled_back', '1 where an arm was taken out of the traffic by itself.', (report) =>
    report.rolledBack === null ? 0 : 1,
  )
}
