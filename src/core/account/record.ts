import type { Failure, FailureClass } from '../failure.ts'
import type { BreakerState } from '../health/vitals.ts'
import type { Metric, Period } from '../limits/limit.ts'
import type { Usage } from '../reply.ts'
import type { Dialect, Operation } from '../request.ts'

/** One try at one target, as it went. Times are milliseconds since the request arrived. */
export interface AttemptRecord {
  readonly target: string
  /** Of the provider, as configured. */
  readonly region: string | null
  readonly startedMs: number
  /** Response headers arrived; null when they never did. */
  readonly headMs: number | null
  /** First real output (not a preamble); null when none came. */
  readonly firstOutputMs: number | null
  readonly endedMs: number
  readonly result: 'success' | 'failure' | 'cancelled'
  readonly failure: Failure | null
  readonly upstreamStatus: number | null
  /** What the provider will bill for this attempt. */
  readonly usage: Usage
  /** True when the provider did not report usage and ours is counted from what was sent and seen. */
  readonly usageEstimated: boolean
  /** null: the price of the target is not known. Never zero for unknown. */
  readonly costNanoUsd: number | null
}

/** A target as it was considered, in the order they were to be tried. */
export interface CandidateRecord {
  readonly target: string
  readonly score: number | null
  readonly scores: Readonly<Record<string, number>>
  /** Of the whole request at its price; null when that is not known. */
  readonly estimatedCostNanoUsd: number | null
  /** Until the last token; null when nothing has been measured. */
  readonly estimatedLatencyMs: number | null
  readonly breaker: BreakerState
}

export interface ExcludedRecord {
  readonly target: string
  readonly because: string
}

/** How a limit on the caller stood once the request had been charged to it. */
export interface LimitRecord {
  /** Whose it is: `policy:product-x`, `user:alice`, `client:web|model:fast`, `global`. */
  readonly scope: string
  readonly metric: Metric
  /** null for `concurrent`. */
  readonly per: Period | null
  /** What it holds in all, with its burst; in units of the metric, nano-dollars for `cost`. */
  readonly amount: number
  /** Negative where replies were longer than what had been borrowed for them. */
  readonly remaining: number
  /** Until all of it is back. */
  readonly resetMs: number
  /** What the request needed, where it was turned away by this limit; null elsewhere. */
  readonly needed: number | null
}

/** The waybill: the whole story of one request. Ledger row, metrics, log line and "why" page come from it. */
export interface WaybillRecord {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly arrivedAtMs: number
  readonly dialect: Dialect
  readonly operation: Operation
  readonly path: string
  readonly client: string | null
  readonly user: string | null
  readonly policy: string | null
  /** As the client asked. */
  readonly model: string
  readonly resolvedAs: 'alias' | 'target' | 'model-id' | null
  readonly strategy: string | null
  /** The arm of a traffic split the request belonged to. */
  readonly arm: string | null
  /** The target that answered, or the last one tried. */
  readonly target: string | null
  /** Of `target`. */
  readonly provider: string | null
  /** Why the first candidate was first. */
  readonly reason: string | null
  /** What was expected of `target` when it was planned: see `CandidateRecord`. */
  readonly estimatedCostNanoUsd: number | null
  readonly estimatedLatencyMs: number | null
  /** 0 to 1, in the order of the candidates; null where nothing was measured. */
  readonly confidence: number | null
  /** Every target looked dead, and they were tried all the same. */
  readonly panic: boolean
  readonly candidates: readonly CandidateRecord[]
  readonly excluded: readonly ExcludedRecord[]
  readonly attempts: readonly AttemptRecord[]
  readonly streaming: boolean
  readonly translated: boolean
  readonly warnings: readonly string[]
  /** Status the client got; 499 when it left before one. */
  readonly status: number
  readonly outcome: 'success' | 'failure' | 'cancelled'
  readonly failureClass: FailureClass | null
  readonly failureMessage: string | null
  /** Of the attempt that answered. */
  readonly usage: Usage
  readonly usageEstimated: boolean
  /** Sum over all attempts; null when a price is not known. */
  readonly costNanoUsd: number | null
  readonly firstOutputMs: number | null
  readonly totalMs: number
  /** Time spent in Waybill itself until the first attempt was sent; waiting for limits is not in it. */
  readonly overheadMs: number
  readonly requestBytes: number
  readonly replyBytes: number
  readonly metadata: Readonly<Record<string, string>>
  readonly catalogGeneration: number
  /** Those on its caller; empty where none binds. A target's only where it turned the request away. */
  readonly limits: readonly LimitRecord[]
  /** How long it waited for room in a limit. */
  readonly queuedMs: number
}
