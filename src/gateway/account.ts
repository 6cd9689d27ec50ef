import type { AttemptRecord, WaybillRecord } from '../core/account/record.ts'
import { candidateRecords, excludedRecords, expectedLatencyMs } from '../core/explain.ts'
import type { Failure } from '../core/failure.ts'
import { statusOf } from '../core/failure.ts'
import type { Denial, Reading } from '../core/limits/limit.ts'
import { limitRecords } from '../core/limits/limit-records.ts'
import type { Excluded, Plan, RankedCandidate } from '../core/plan/plan.ts'
import { noUsage } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { Delivery } from './delivery.ts'
import { type Ending, providersError } from './ending.ts'
import type { Incoming } from './exchange.ts'
import type { LimitsTold } from './limit-headers.ts'
import type { Ledger } from './ports.ts'

/**
 * What is known of a request so far. It is filled in step by step, and accounted as it stands when the
 * request ends, however early that is.
 */
export interface Story {
  readonly id: string
  readonly incoming: Incoming
  readonly catalogGeneration: number
  client: string | null
  policy: string | null
  request: Request | null
  plan: Plan | null
  /** Where no plan came of it: the targets, each with what stood in the way. */
  leftOut: readonly Excluded[]
  /** How the limits of its caller stand. */
  readings: readonly Reading[]
  /** What turned it away. */
  denial: Denial | null
  /** How long it waited for room in them. */
  queuedMs: number
}

export function newStory(id: string, incoming: Incoming, catalogGeneration: number): Story {
  return {
    id,
    incoming,
    catalogGeneration,
    client: null,
    policy: null,
    request: null,
    plan: null,
    leftOut: noneLeftOut,
    readings: noReadings,
    denial: null,
    queuedMs: 0,
  }
}

const noReadings: readonly Reading[] = []
const noneLeftOut: readonly Excluded[] = []

/** What its answer says of limits; the readings were taken when it had its room. */
export function limitsTold({ incoming, readings, denial, queuedMs }: Story): LimitsTold {
  const { endpoint, arrivedAtMs } = incoming
  return { readings, denial, dialect: endpoint.dialect, nowMs: arrivedAtMs + queuedMs }
}

/** The waybill of a request that was executed, made before its last byte leaves. */
export function waybillOf(
  story: Story,
  ending: Ending,
  delivery: Pick<Delivery, 'status' | 'bytesSent'>,
  nowMs: number,
): WaybillRecord {
  const arrived = story.incoming.arrivedMonotonicMs
  const attempts = ending.attempts.map((attempt) => attempt.record(arrived))
  const { final } = ending
  const answered = final === null ? null : (attempts[ending.attempts.indexOf(final)] ?? null)
  return written(story, nowMs, {
    unfit: ending.unfit,
    candidate: final?.candidate ?? null,
    attempts,
    translated: final !== null && !final.passesThrough,
    warnings: final?.dropped ?? [],
    status: delivery.status ?? statusToSend(ending),
    outcome: ending.outcome,
    failureClass: ending.failure?.class ?? null,
    failureMessage: ending.failure?.message ?? null,
    usage: answered?.usage ?? noUsage,
    usageEstimated: answered?.usageEstimated ?? false,
    costNanoUsd: totalCost(attempts),
    firstOutputMs: answered?.firstOutputMs ?? null,
    overheadMs: ownMs(attempts[0]?.startedMs ?? elapsedMs(story, nowMs), story),
    replyBytes: delivery.bytesSent + lengthOf(ending.tail),
  })
}

/** The waybill of a request that was turned away before any attempt. */
export function waybillOfRefusal(story: Story, refusal: Failure, nowMs: number): WaybillRecord {
  return written(story, nowMs, {
    unfit: [],
    candidate: null,
    attempts: [],
    translated: false,
    warnings: [],
    status: statusOf(refusal.class),
    outcome: refusal.class === 'cancelled' ? 'cancelled' : 'failure',
    failureClass: refusal.class,
    failureMessage: refusal.message,
    usage: noUsage,
    usageEstimated: false,
    costNanoUsd: 0,
    firstOutputMs: null,
    overheadMs: ownMs(elapsedMs(story, nowMs), story),
    replyBytes: 0,
  })
}

interface FromExecution
  extends Pick<
    WaybillRecord,
    | 'attempts'
    | 'translated'
    | 'warnings'
    | 'status'
    | 'outcome'
    | 'failureClass'
    | 'failureMessage'
    | 'usage'
    | 'usageEstimated'
    | 'costNanoUsd'
    | 'firstOutputMs'
    | 'overheadMs'
    | 'replyBytes'
  > {
  /** The candidate that answered, or the last one tried. */
  readonly candidate: RankedCandidate | null
  /** Candidates the request could not be written for. */
  readonly unfit: readonly Excluded[]
}

function written(story: Story, nowMs: number, execution: FromExecution): WaybillRecord {
  const { incoming, request, plan } = story
  const { candidate } = execution
  // Written out, not spread: one object of one shape is made per request, and read by every sink.
  return {
    id: story.id,
    arrivedAtMs: incoming.arrivedAtMs,
    dialect: incoming.endpoint.dialect,
    operation: incoming.endpoint.operation,
    path: incoming.path,
    client: story.client,
    user: request?.user ?? null,
    policy: story.policy,
    model: request?.model ?? incoming.pathModel ?? '',
    resolvedAs: plan?.resolvedAs ?? null,
    strategy: plan?.strategy ?? null,
    arm: plan?.arm?.arm.name ?? null,
    target: candidate?.target.name ?? null,
    provider: candidate?.target.provider.id ?? null,
    reason: plan?.reason ?? null,
    estimatedCostNanoUsd: candidate?.outlook.costNanoUsd ?? null,
    estimatedLatencyMs: candidate === null ? null : expectedLatencyMs(candidate),
    confidence: plan?.confidence ?? null,
    panic: plan?.panic ?? false,
    candidates: plan === null ? [] : candidateRecords(plan),
    excluded: plan === null ? story.leftOut : excludedRecords(plan, execution.unfit),
    attempts: execution.attempts,
    streaming: request?.streaming != null,
    translated: execution.translated,
    warnings: execution.warnings,
    status: execution.status,
    outcome: execution.outcome,
    failureClass: execution.failureClass,
    failureMessage: execution.failureMessage,
    usage: execution.usage,
    usageEstimated: execution.usageEstimated,
    costNanoUsd: execution.costNanoUsd,
    firstOutputMs: execution.firstOutputMs,
    totalMs: elapsedMs(story, nowMs),
    overheadMs: execution.overheadMs,
    requestBytes: incoming.body.length,
    replyBytes: execution.replyBytes,
    metadata: request?.metadata ?? {},
    catalogGeneration: story.catalogGeneration,
    limits: limitRecords(story.readings, story.denial),
    queuedMs: story.queuedMs,
  }
}

/**
 * Resolves when the waybill survives the end of this process. A stranger is only counted and logged:
 * it could fill the disk otherwise.
 */
export function stored(ledger: Ledger, record: WaybillRecord): Promise<void> {
  if (record.failureClass === 'unauthenticated') return Promise.resolve()
  return new Promise((resolve) => ledger.append(record, resolve))
}

/** Over all attempts; null when a price is not known. */
function totalCost(attempts: readonly AttemptRecord[]): number | null {
  let sum = 0
  for (const { costNanoUsd } of attempts) {
    if (costNanoUsd === null) return null
    sum += costNanoUsd
  }
  return sum
}

/** The status of an answer that is still to be sent, as `deliver` sends it; 499 where nobody waits for it. */
function statusToSend(ending: Ending): number {
  if (ending.failure === null) return ending.final?.status ?? 200
  return providersError(ending)?.status ?? statusOf(ending.failure.class)
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let bytes = 0
  for (const piece of pieces) bytes += piece.length
  return bytes
}

function elapsedMs(story: Story, nowMs: number): number {
  return Math.round((nowMs - story.incoming.arrivedMonotonicMs) * 1000) / 1000
}

/** Waiting for a limit is not the gateway's own time. */
function ownMs(untilMs: number, { queuedMs }: Story): number {
  return queuedMs === 0 ? untilMs : Math.max(0, Math.round((untilMs - queuedMs) * 1000) / 1000)
}
