import type {
  AttemptRecord,
  CandidateRecord,
  LimitRecord,
  WaybillRecord,
} from '../../core/account/record.ts'
import type { Usage } from '../../core/reply.ts'

/**
 * A record as an array of values, which takes half the time to read of an object with its names, and a
 * third of the space. The lists below say which value stands where; write-record.ts writes them. Lines
 * outlive the version that wrote them: a new field goes to the end of its list, and none is ever moved or
 * taken out. A list that misses a field does not compile.
 */
export const recordFields = everyFieldOf<WaybillRecord>()([
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

export const attemptFields = everyFieldOf<AttemptRecord>()([
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

export const candidateFields = everyFieldOf<CandidateRecord>()([
  'target',
  'score',
  'scores',
  'estimatedCostNanoUsd',
  'estimatedLatencyMs',
  'breaker',
])

export const limitFields = everyFieldOf<LimitRecord>()([
  'scope',
  'metric',
  'per',
  'amount',
  'remaining',
  'resetMs',
  'needed',
])

export const usageFields = everyFieldOf<Usage>()([
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
