import type { AttemptRecord, WaybillRecord } from '../../../core/account/record.ts'
import { type JsonObject, objectAt } from '../../../core/json.ts'
import type { Usage } from '../../../core/reply.ts'

/** A row of `waybills`, by column name. */
export interface WaybillRow {
  readonly id: string
  readonly arrived_at_ms: number
  readonly client: string | null
  readonly user: string | null
  readonly policy: string | null
  readonly dialect: string | null
  readonly operation: string | null
  readonly model: string | null
  readonly resolved_as: string | null
  readonly strategy: string | null
  readonly target: string | null
  readonly streaming: number
  readonly status: number | null
  readonly outcome: string | null
  readonly failure_class: string | null
  readonly attempts: number
  readonly input_tokens: number
  readonly cached_input_tokens: number
  readonly cache_write_tokens: number
  readonly output_tokens: number
  readonly reasoning_tokens: number
  readonly cost_nano_usd: number | null
  readonly first_output_ms: number | null
  readonly total_ms: number
  readonly overhead_ms: number
  readonly story: string
}

/**
 * What may stand in a journal line is checked only as far as money goes, so each value is looked at
 * again here: a line of another version must not stop all that stand behind it.
 */
export function waybillRow(record: WaybillRecord): WaybillRow {
  return {
    id: record.id,
    arrived_at_ms: record.arrivedAtMs,
    client: text(record.client),
    user: text(record.user),
    policy: text(record.policy),
    dialect: text(record.dialect),
    operation: text(record.operation),
    model: text(record.model),
    resolved_as: text(record.resolvedAs),
    strategy: text(record.strategy),
    target: text(record.target),
    streaming: record.streaming === true ? 1 : 0,
    status: figure(record.status),
    outcome: text(record.outcome),
    failure_class: text(record.failureClass),
    attempts: record.attempts.length,
    ...tokenColumns(record.usage),
    cost_nano_usd: record.costNanoUsd,
    first_output_ms: record.firstOutputMs,
    total_ms: record.totalMs,
    overhead_ms: record.overheadMs,
    story: JSON.stringify(withoutColumns(record)),
  }
}

export function attemptRow(waybillId: string, position: number, attempt: AttemptRecord) {
  return {
    waybill_id: waybillId,
    position,
    target: text(attempt.target),
    started_ms: figure(attempt.startedMs),
    head_ms: figure(attempt.headMs),
    first_output_ms: figure(attempt.firstOutputMs),
    ended_ms: figure(attempt.endedMs),
    result: text(attempt.result),
    failure_class: text(attempt.failure?.class),
    upstream_status: figure(attempt.upstreamStatus),
    ...tokenColumns(attempt.usage),
    usage_estimated: attempt.usageEstimated === true ? 1 : 0,
    cost_nano_usd: attempt.costNanoUsd,
  }
}

/** The record that `waybillRow` took apart, as a value still to be checked. */
export function recordOf({ story, ...row }: WaybillRow): unknown {
  const told: JsonObject = JSON.parse(story)
  return {
    ...notYetWritten,
    ...told,
    id: row.id,
    arrivedAtMs: row.arrived_at_ms,
    client: row.client,
    user: row.user,
    policy: row.policy,
    dialect: row.dialect,
    operation: row.operation,
    model: row.model,
    resolvedAs: row.resolved_as,
    strategy: row.strategy,
    target: row.target,
    streaming: row.streaming === 1,
    status: row.status,
    outcome: row.outcome,
    failureClass: row.failure_class,
    usage: {
      ...objectAt(told, 'usage'),
      inputTokens: row.input_tokens,
      cachedInputTokens: row.cached_input_tokens,
      cacheWriteTokens: row.cache_write_tokens,
      outputTokens: row.output_tokens,
      reasoningTokens: row.reasoning_tokens,
    },
    costNanoUsd: row.cost_nano_usd,
    firstOutputMs: row.first_output_ms,
    totalMs: row.total_ms,
    overheadMs: row.overhead_ms,
  }
}

/** By earlier versions, which had no limits. */
const notYetWritten = { limits: [], queuedMs: 0 }

/** A field this version does not know stays in the story. */
function withoutColumns(record: WaybillRecord): object {
  const { id, arrivedAtMs, client, user, policy, dialect, operation, model, ...more } = record
  const { resolvedAs, strategy, target, streaming, status, outcome, failureClass, ...rest } = more
  const { usage, costNanoUsd, firstOutputMs, totalMs, overheadMs, ...story } = rest
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, ...others } = usage
  const { reasoningTokens, ...billedApart } = others
  return { ...story, usage: billedApart }
}

function tokenColumns(usage: Usage) {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const figure = (value: unknown): number | null => (typeof value === 'number' ? value : null)
