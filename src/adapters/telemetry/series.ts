import type { AttemptRecord, WaybillRecord } from '../../core/account/record.ts'
import type { FailureClass } from '../../core/failure.ts'
import type { Usage } from '../../core/reply.ts'
import type { AttemptReason } from './attempt-reason.ts'
import type { Metrics } from './metric-definitions.ts'
import type { Tallies } from './tally.ts'

type Outcome = WaybillRecord['outcome']
type Result = AttemptRecord['result']

/** The value under `key`, made by `make` the first time. */
function memoised<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const fresh = make(key)
    made.set(key, fresh)
    return fresh
  }
}

/** Series of one model at one target. */
export interface RouteSeries {
  ended(record: WaybillRecord): void
  used(usage: Usage, costNanoUsd: number | null): void
}

/** Series of one target. */
export interface TargetSeries {
  attempted(attempt: AttemptRecord, reason: AttemptReason): void
  failed(failureClass: FailureClass): void
}

/**
 * Metrics with their labels bound: looking labels up by value for each of a dozen series would cost
 * more than all that is counted.
 */
export function bindSeries(metrics: Metrics, tallies: Tallies) {
  const byModel = memoised((model: string) =>
    memoised((target: string) => bindRoute(metrics, tallies, model, target)),
  )
  return {
    route: (model: string, target: string): RouteSeries => byModel(model)(target),
    target: memoised((target: string) => bindTarget(metrics, tallies, target)),
  }
}

function bindRoute(metrics: Metrics, tallies: Tallies, model: string, target: string): RouteSeries {
  const byOutcome = memoised((outcome: Outcome) => ({
    duration: metrics.duration.series({ model, target, outcome }),
    requests: memoised((status: string) =>
      tallies.of(metrics.requests.labels(model, target, status, outcome)),
    ),
  }))
  const firstToken = metrics.firstToken.series({ model, target })
  const tokens = (kind: string) => tallies.of(metrics.tokens.labels(kind, model, target))
  const input = tokens('input')
  const cachedInput = tokens('cached_input')
  const cacheWrite = tokens('cache_write')
  const output = tokens('output')
  const reasoning = tokens('reasoning')
  const cost = tallies.of(metrics.cost.labels(model, target))

  return {
    ended(record) {
      const series = byOutcome(record.outcome)
      series.duration(record.totalMs / 1000)
      series.requests(statusClass(record.status))(1)
      if (record.firstOutputMs !== null) firstToken(record.firstOutputMs / 1000)
    },
    used(usage, costNanoUsd) {
      input(usage.inputTokens)
      cachedInput(usage.cachedInputTokens)
      cacheWrite(usage.cacheWriteTokens)
      output(usage.outputTokens)
      reasoning(usage.reasoningTokens)
      if (costNanoUsd !== null) cost(costNanoUsd / 1e9)
    },
  }
}

function bindTarget(metrics: Metrics, tallies: Tallies, target: string): TargetSeries {
  const byResult = memoised((result: Result) => ({
    attempts: memoised((reason: AttemptReason) =>
      tallies.of(metrics.attempts.labels(target, reason, result)),
    ),
    duration: metrics.attemptDuration.series({ target, result }),
  }))
  const failures = memoised((failureClass: FailureClass) =>
    tallies.of(metrics.failures.labels(failureClass, target)),
  )
  const unpriced = tallies.of(metrics.unpriced.labels(target))
  const hedges = memoised((result: 'won' | 'lost') =>
    tallies.of(metrics.hedges.labels(target, result)),
  )

  return {
    attempted(attempt, reason) {
      const series = byResult(attempt.result)
      series.attempts(reason)(1)
      if (reason === 'hedge') hedges(attempt.firstOutputMs === null ? 'lost' : 'won')(1)
      series.duration(Math.max(0, attempt.endedMs - attempt.startedMs) / 1000)
      if (attempt.costNanoUsd === null) unpriced(1)
    },
    failed(failureClass) {
      failures(failureClass)(1)
    },
  }
}

const classes = ['1xx', '2xx', '3xx', '4xx', '5xx']

function statusClass(status: number): string {
  return classes[Math.floor(status / 100) - 1] ?? 'other'
}
