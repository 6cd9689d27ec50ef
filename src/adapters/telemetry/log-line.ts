import type { WaybillRecord } from '../../core/account/record.ts'
import { failureClasses } from '../../core/failure.ts'
import { measureOf } from '../../core/limits/limit-id.ts'
import { refusingLimit } from '../../core/limits/limit-records.ts'

export type LogLevel = 'info' | 'warn' | 'error'

export type LogValue = string | number | boolean | null | readonly string[]

/** Fields in the order they are written. */
export type LogFields = Readonly<Record<string, LogValue>>

/** Redacts a text; null stays null. */
export type Clean = (text: string | null) => string | null

/** Who has to act: nobody, the one who called, or the one who runs the gateway. */
export function levelOf({ outcome, failureClass }: WaybillRecord): LogLevel {
  if (outcome !== 'failure') return 'info'
  if (failureClass === null) return 'error'
  const { fault } = failureClasses[failureClass]
  return fault === 'provider' || fault === 'gateway' ? 'error' : 'warn'
}

/**
 * What the line of one request says, `time` first. No bodies, and no metadata: it may hold anything.
 * `name` cleans texts of the configuration and the protocol, `text` those that are new each time. One
 * literal, so that nothing is copied on the way to the line.
 */
export function requestLine(record: WaybillRecord, time: string, name: Clean, text: Clean) {
  return {
    time,
    level: levelOf(record),
    msg: 'request',
    id: text(record.id),
    client: name(record.client),
    user: text(record.user),
    policy: name(record.policy),
    model: name(record.model),
    target: name(record.target),
    status: record.status,
    outcome: record.outcome,
    class: record.failureClass,
    failure: text(record.failureMessage),
    limit: text(refusedBy(record)),
    attempts: record.attempts.length,
    inputTokens: record.usage.inputTokens,
    cachedInputTokens: record.usage.cachedInputTokens,
    outputTokens: record.usage.outputTokens,
    reasoningTokens: record.usage.reasoningTokens,
    usageEstimated: record.usageEstimated,
    costUsd: costUsd(record),
    firstOutputMs: rounded(record.firstOutputMs),
    totalMs: rounded(record.totalMs),
    overheadMs: rounded(record.overheadMs),
    queuedMs: rounded(record.queuedMs),
    dialect: record.dialect,
    operation: record.operation,
    streaming: record.streaming,
    translated: record.translated,
    strategy: name(record.strategy),
    arm: name(record.arm),
    reason: hasFigures(record.reason) ? text(record.reason) : name(record.reason),
    warnings: record.warnings.length === 0 ? record.warnings : record.warnings.map(text),
    requestBytes: record.requestBytes,
    replyBytes: record.replyBytes,
    generation: record.catalogGeneration,
  }
}

/** `user:alice requests/minute`: the limit that turned the request away; null where none did. */
function refusedBy({ limits }: WaybillRecord): string | null {
  const limit = refusingLimit(limits)
  return limit === null ? null : `${limit.scope} ${measureOf(limit.metric, limit.per)}`
}

/** In dollars; null when a price is not known. */
export function costUsd({ costNanoUsd }: WaybillRecord): number | null {
  return costNanoUsd === null ? null : costNanoUsd / 1e9
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 100) / 100
}

/** Figures make a reason new each time: remembered, it would drive out the names that come again. */
function hasFigures(reason: string | null): boolean {
  return reason !== null && /\d/.test(reason)
}
