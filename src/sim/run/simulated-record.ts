import type { AttemptRecord, WaybillRecord } from '../../core/account/record.ts'
import type { Client } from '../../core/catalog.ts'
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
  const { failure, target, costNanoUsd, firstTokenMs, totalMs } = outcome
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
    target: target ?? attempts.at(-1)?.target ?? null,
    reason: plan.reason,
    candidates: plan.candidates.map((one) => ({
      target: one.target.name,
      score: one.score,
      scores: one.scores,
    })),
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
  }
}
