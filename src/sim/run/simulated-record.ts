import type { AttemptRecord, WaybillRecord } from '../../core/account/record.ts'
import type { Client } from '../../core/catalog.ts'
import { candidateRecords, expectedLatencyMs } from '../../core/explain.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { noUsage } from '../../core/reply.ts'
import type { Request } from '../../core/request.ts'
import type { Outcome } from './outcome.ts'

/** A request as it ended, for whoever learns from it. */
export interface Ended {
  readonly request: Request
  readonly plan: Plan
  readonly outcome: Outcome
  readonly attempts: readonly AttemptRecord[]
}

/** The waybill the gateway would have written. */
export function simulatedRecord(
  { request, plan, outcome, attempts }: Ended,
  client: Client,
): WaybillRecord {
  const { failure, costNanoUsd, firstTokenMs, totalMs } = outcome
  const target = outcome.target ?? attempts.at(-1)?.target ?? null
  const tried = plan.candidates.find((candidate) => candidate.target.name === target)
  return {
    id: request.id,
    arrivedAtMs: outcome.arrivedMs,
    dialect: request.endpoint.dialect,
    operation: request.endpoint.operation,
    path: request.endpoint.path,
    client: client.name,
    user: request.user,
    policy: client.policy.name,
    model: request.model,
    resolvedAs: plan.resolvedAs,
    strategy: plan.strategy,
    arm: plan.arm?.arm.name ?? null,
    target,
    provider: tried?.target.provider.id ?? null,
    reason: plan.reason,
    estimatedCostNanoUsd: tried?.outlook.costNanoUsd ?? null,
    estimatedLatencyMs: tried === undefined ? null : expectedLatencyMs(tried),
    confidence: plan.confidence,
    panic: plan.panic,
    candidates: candidateRecords(plan),
    excluded: plan.excluded,
    attempts,
    streaming: true,
    translated: false,
    warnings: [],
    status: failure === null ? 200 : 502,
    outcome: failure === null ? 'success' : 'failure',
    failureClass: failure,
    failureMessage: null,
    usage: attempts.find(({ result }) => result === 'success')?.usage ?? noUsage,
    usageEstimated: false,
    costNanoUsd,
    firstOutputMs: firstTokenMs,
    totalMs,
    overheadMs: 0,
    requestBytes: 0,
    replyBytes: 0,
    metadata: request.metadata,
    catalogGeneration: 1,
    limits: [],
    queuedMs: 0,
  }
}
