import { costNanoUsd } from '../core/account/price.ts'
import type { AttemptRecord } from '../core/account/record.ts'
import type { Target } from '../core/catalog.ts'
import type { Failure } from '../core/failure.ts'
import { noUsage } from '../core/reply.ts'
import type { BilledUsage } from './billed-usage.ts'

/** How an attempt went. Times are monotonic milliseconds. */
export interface AttemptFacts {
  readonly target: Target
  readonly result: AttemptRecord['result']
  readonly failure: Failure | null
  readonly status: number | null
  /** Answered by ourselves: nobody bills it. */
  readonly free: boolean
  readonly billed: BilledUsage
  readonly startedMs: number
  readonly headMs: number | null
  readonly firstOutputMs: number | null
  readonly endedMs: number
}

/** The line of an attempt in the waybill, its times counted from the request's arrival. */
export function attemptRecord(facts: AttemptFacts, arrivedMs: number): AttemptRecord {
  const since = (atMs: number) => Math.round((atMs - arrivedMs) * 1000) / 1000
  return {
    target: facts.target.name,
    region: facts.target.provider.region,
    startedMs: since(facts.startedMs),
    headMs: facts.headMs === null ? null : since(facts.headMs),
    firstOutputMs: facts.firstOutputMs === null ? null : since(facts.firstOutputMs),
    endedMs: since(facts.endedMs),
    result: facts.result,
    failure: facts.failure,
    upstreamStatus: facts.status,
    usage: facts.billed.usage,
    usageEstimated: facts.billed.estimated,
    costNanoUsd: cost(facts),
  }
}

/** A target that produced nothing bills nothing; without usage a success has a cost nobody knows. */
function cost({ billed, target, failure, free }: AttemptFacts): number | null {
  if (billed.usage !== noUsage) return costNanoUsd(billed.usage, target.price)
  return failure !== null || free ? 0 : null
}
