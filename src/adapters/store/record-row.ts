import type {
  AttemptRecord,
  CandidateRecord,
  LimitRecord,
  WaybillRecord,
} from '../../core/account/record.ts'
import type { Usage } from '../../core/reply.ts'

/**
 * A record as an array of values, which takes half the time to write of an object with its names, and
 * a third of the space. The lists below say which value stands where. Lines outlive the version that
 * wrote them: a new field goes to the end of its list, and none is ever moved or taken out. A list
 * that misses a field does not compile.
 */
const recordFields = everyFieldOf<WaybillRecord>()([
  'id',
  'arrivedAtMs',
  'dialect',
  'operation',
  'path',
  'client',
  'user',
  'policy',
  'model',
  'resolvedAs',
  'strategy',
  'target',
  'reason',
  'candidates',
  'excluded',
  'attempts',
  'streaming',
  'translated',
  'warnings',
  'status',
  'outcome',
  'failureClass',
  'failureMessage',
  'usage',
  'usageEstimated',
  'costNanoUsd',
  'firstOutputMs',
  'totalMs',
  'overheadMs',
  'requestBytes',
  'replyBytes',
  'metadata',
  'catalogGeneration',
  'arm',
  'provider',
  'estimatedCostNanoUsd',
  'estimatedLatencyMs',
  'confidence',
  'panic',
  'limits',
  'queuedMs',
])

const attemptFields = everyFieldOf<AttemptRecord>()([
  'target',
  'region',
  'startedMs',
  'headMs',
  'firstOutputMs',
  'endedMs',
  'result',
  'failure',
  'upstreamStatus',
  'usage',
  'usageEstimated',
  'costNanoUsd',
])

const candidateFields = everyFieldOf<CandidateRecord>()([
  'target',
  'score',
  'scores',
  'estimatedCostNanoUsd',
  'estimatedLatencyMs',
  'breaker',
])

const limitFields = everyFieldOf<LimitRecord>()([
  'scope',
  'metric',
  'per',
  'amount',
  'remaining',
  'resetMs',
  'needed',
])

const usageFields = everyFieldOf<Usage>()([
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'longCacheWriteTokens',
  'inputAudioTokens',
  'inputImageTokens',
  'outputAudioTokens',
  'outputImageTokens',
  'images',
])

function everyFieldOf<T>() {
  return <const Fields extends readonly (keyof T)[]>(
    fields: Fields & ([Exclude<keyof T, Fields[number]>] extends [never] ? unknown : never),
  ): Fields => fields
}

/** The values of `T` in the order of `Fields`; those that are arrays themselves stand in `Nested`. */
type Row<T, Fields extends readonly (keyof T)[], Nested = object> = {
  readonly [I in keyof Fields]: Fields[I] extends keyof Nested ? Nested[Fields[I]] : T[Fields[I]]
}

/** Cut off behind the last count there is. */
type UsageRow = readonly (number | undefined)[]
type CandidateRow = Row<CandidateRecord, typeof candidateFields>
type LimitRow = Row<LimitRecord, typeof limitFields>
type AttemptRow = Row<AttemptRecord, typeof attemptFields, { usage: UsageRow }>
type RecordRow = Row<
  WaybillRecord,
  typeof recordFields,
  { candidates: CandidateRow[]; attempts: AttemptRow[]; limits: LimitRow[]; usage: UsageRow }
>

/** Written out: a loop over the names would take as long as writing the object. */
export function rowOf(record: WaybillRecord): RecordRow {
  return [
    record.id,
    record.arrivedAtMs,
    record.dialect,
    record.operation,
    record.path,
    record.client,
    record.user,
    record.policy,
    record.model,
    record.resolvedAs,
    record.strategy,
    record.target,
    record.reason,
    record.candidates.map(candidateRow),
    record.excluded,
    record.attempts.map(attemptRow),
    record.streaming,
    record.translated,
    record.warnings,
    record.status,
    record.outcome,
    record.failureClass,
    record.failureMessage,
    usageRow(record.usage),
    record.usageEstimated,
    record.costNanoUsd,
    record.firstOutputMs,
    record.totalMs,
    record.overheadMs,
    record.requestBytes,
    record.replyBytes,
    record.metadata,
    record.catalogGeneration,
    record.arm,
    record.provider,
    record.estimatedCostNanoUsd,
    record.estimatedLatencyMs,
    record.confidence,
    record.panic,
    record.limits.map(limitRow),
    record.queuedMs,
  ]
}

function candidateRow(candidate: CandidateRecord): CandidateRow {
  return [
    candidate.target,
    candidate.score,
    candidate.scores,
    candidate.estimatedCostNanoUsd,
    candidate.estimatedLatencyMs,
    candidate.breaker,
  ]
}

function attemptRow(attempt: AttemptRecord): AttemptRow {
  return [
    attempt.target,
    attempt.region,
    attempt.startedMs,
    attempt.headMs,
    attempt.firstOutputMs,
    attempt.endedMs,
    attempt.result,
    attempt.failure,
    attempt.upstreamStatus,
    usageRow(attempt.usage),
    attempt.usageEstimated,
    attempt.costNanoUsd,
  ]
}

function limitRow(limit: LimitRecord): LimitRow {
  return [
    limit.scope,
    limit.metric,
    limit.per,
    limit.amount,
    limit.remaining,
    limit.resetMs,
    limit.needed,
  ]
}

function usageRow(usage: Usage): UsageRow {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage
  const row = [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens]
  if (!hasParts(usage)) return row
  return [
    ...row,
    usage.longCacheWriteTokens,
    usage.inputAudioTokens,
    usage.inputImageTokens,
    usage.outputAudioTokens,
    usage.outputImageTokens,
    usage.images,
  ]
}

function hasParts(usage: Usage): boolean {
  return (
    usage.longCacheWriteTokens !== undefined ||
    usage.inputAudioTokens !== undefined ||
    usage.inputImageTokens !== undefined ||
    usage.outputAudioTokens !== undefined ||
    usage.outputImageTokens !== undefined ||
    usage.images !== undefined
  )
}

/** What a row was made of, not checked: another version may have written it. */
export function recordOfRow(row: readonly unknown[]): Record<string, unknown> {
  const record = named(recordFields, row)
  return {
    ...record,
    candidates: ofEach(record['candidates'], (part) => named(candidateFields, part)),
    attempts: ofEach(record['attempts'], attemptOfRow),
    limits: ofEach(record['limits'], (part) => named(limitFields, part)),
    usage: usageOfRow(record['usage']),
  }
}

function attemptOfRow(row: readonly unknown[]): Record<string, unknown> {
  const attempt = named(attemptFields, row)
  return { ...attempt, usage: usageOfRow(attempt['usage']) }
}

/** A count that is left out in a record is null in a row. */
function usageOfRow(row: unknown): unknown {
  if (!Array.isArray(row)) return row
  const counts = Object.entries(named(usageFields, row))
  return Object.fromEntries(counts.filter(([, count]) => count !== null))
}

function ofEach(rows: unknown, make: (row: readonly unknown[]) => unknown): unknown {
  return Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? make(row) : row)) : rows
}

/** A row of an older version is shorter: what it does not hold is left out. */
function named(fields: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(fields.slice(0, row.length).map((field, at) => [field, row[at]]))
}
