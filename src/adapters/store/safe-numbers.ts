import type { AttemptRecord, WaybillRecord } from '../../core/account/record.ts'
import type { Usage } from '../../core/reply.ts'

/**
 * The record with every figure a store can hold and add up. Providers report NaN, negative and
 * absurd token counts; one of them in a column would break the sums of a whole month. What earlier
 * versions did not write is what it was then: no limits.
 */
export function withSafeNumbers(record: WaybillRecord): WaybillRecord {
  return {
    ...record,
    usage: safeUsage(record.usage),
    costNanoUsd: safeCost(record.costNanoUsd),
    firstOutputMs: safeDuration(record.firstOutputMs),
    totalMs: safeDuration(record.totalMs) ?? 0,
    overheadMs: safeDuration(record.overheadMs) ?? 0,
    attempts: record.attempts.map(safeAttempt),
    estimatedCostNanoUsd: safeCost(record.estimatedCostNanoUsd),
    estimatedLatencyMs: safeDuration(record.estimatedLatencyMs),
    limits: Array.isArray(record.limits) ? record.limits : [],
    queuedMs: safeDuration(record.queuedMs) ?? 0,
  }
}

function safeAttempt(attempt: AttemptRecord): AttemptRecord {
  return { ...attempt, usage: safeUsage(attempt.usage), costNanoUsd: safeCost(attempt.costNanoUsd) }
}

function safeUsage(usage: Usage): Usage {
  return {
    inputTokens: safeCount(usage.inputTokens),
    cachedInputTokens: safeCount(usage.cachedInputTokens),
    cacheWriteTokens: safeCount(usage.cacheWriteTokens),
    outputTokens: safeCount(usage.outputTokens),
    reasoningTokens: safeCount(usage.reasoningTokens),
    ...safeParts(usage),
  }
}

const partNames = [
  'longCacheWriteTokens',
  'inputAudioTokens',
  'inputImageTokens',
  'outputAudioTokens',
  'outputImageTokens',
  'images',
] as const

/** What is billed apart: without it nobody could tell how a cost came about. */
function safeParts(usage: Usage): Partial<Usage> {
  const parts: Partial<Record<(typeof partNames)[number], number>> = {}
  for (const name of partNames) if (usage[name] !== undefined) parts[name] = safeCount(usage[name])
  return parts
}

function safeCount(count: unknown): number {
  if (typeof count !== 'number' || Number.isNaN(count)) return 0
  return Math.round(Math.min(Math.max(count, 0), Number.MAX_SAFE_INTEGER))
}

/** A cost that is no number is an unknown cost, never a cost of zero. */
function safeCost(cost: unknown): number | null {
  return typeof cost === 'number' && Number.isFinite(cost) ? safeCount(cost) : null
}

function safeDuration(milliseconds: unknown): number | null {
  if (typeof milliseconds !== 'number' || !Number.isFinite(milliseconds)) return null
  return Math.min(Math.max(milliseconds, 0), Number.MAX_SAFE_INTEGER)
}
