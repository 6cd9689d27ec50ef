import type {
  AttemptRecord,
  CandidateRecord,
  LimitRecord,
  WaybillRecord,
} from '../../core/account/record.ts'
import type { JsonLines } from '../../core/json-lines/json-lines.ts'
import { pieceOf } from '../../core/json-lines/piece.ts'
import { RememberedTexts } from '../../core/json-lines/remembered-texts.ts'
import type { Usage } from '../../core/reply.ts'
import {
  writeDuration,
  writeFlag,
  writeList,
  writeNull,
  writeNumber,
  writeScore,
  writeShare,
  writeText,
} from './row-values.ts'

const comma = 0x2c
const open = pieceOf('[')
const next = pieceOf(',[')
const close = 0x5d
const closeObject = 0x7d
const empty = pieceOf(',{}')
const beforeFirst = pieceOf(',{')
const beforeNext = pieceOf(',')
const end = pieceOf(']\n')

/** Writes a record as the array that record-row.ts describes, on a line of its own. */
export type WriteRecord = (lines: JsonLines, record: WaybillRecord) => void

/** Its names are remembered: most records say the same few. */
export function createRecordWriter(): WriteRecord {
  const names = recordNames()
  return (lines, record) => {
    lines.piece(open)
    lines.text(record.id)
    writeNumber(lines, record.arrivedAtMs)
    lines.piece(names.dialect.of(record.dialect))
    lines.piece(names.operation.of(record.operation))
    lines.piece(names.path.of(record.path))
    lines.piece(names.client.of(record.client))
    writeText(lines, record.user)
    lines.piece(names.policy.of(record.policy))
    lines.piece(names.model.of(record.model))
    lines.piece(names.resolvedAs.of(record.resolvedAs))
    lines.piece(names.strategy.of(record.strategy))
    lines.piece(names.target.of(record.target))
    writeText(lines, record.reason)
    candidates(lines, record.candidates, names)
    writeList(lines, record.excluded)
    attempts(lines, record.attempts, names)
    writeFlag(lines, record.streaming)
    writeFlag(lines, record.translated)
    writeList(lines, record.warnings)
    writeNumber(lines, record.status)
    lines.piece(names.outcome.of(record.outcome))
    lines.piece(names.failureClass.of(record.failureClass))
    writeText(lines, record.failureMessage)
    writeUsage(lines, record.usage)
    writeFlag(lines, record.usageEstimated)
    writeNumber(lines, record.costNanoUsd)
    writeDuration(lines, record.firstOutputMs)
    writeDuration(lines, record.totalMs)
    writeDuration(lines, record.overheadMs)
    writeNumber(lines, record.requestBytes)
    writeNumber(lines, record.replyBytes)
    metadata(lines, record.metadata)
    writeNumber(lines, record.catalogGeneration)
    lines.piece(names.arm.of(record.arm))
    lines.piece(names.provider.of(record.provider))
    writeNumber(lines, record.estimatedCostNanoUsd)
    writeDuration(lines, record.estimatedLatencyMs)
    writeNumber(lines, record.confidence)
    writeFlag(lines, record.panic)
    limits(lines, record.limits, names)
    writeDuration(lines, record.queuedMs)
    lines.piece(end)
  }
}

type Names = ReturnType<typeof recordNames>

function recordNames() {
  const field = (before = ',') => new RememberedTexts(before)
  return {
    dialect: field(),
    operation: field(),
    path: field(),
    client: field(),
    policy: field(),
    model: field(),
    resolvedAs: field(),
    strategy: field(),
    target: field(),
    outcome: field(),
    failureClass: field(),
    arm: field(),
    provider: field(),
    /** The first of a row. */
    rowTarget: field('['),
    breaker: field(),
    score: new RememberedTexts('', (name) => `${JSON.stringify(name)}:`),
    region: field(),
    result: field(),
    scope: field('['),
    metric: field(),
    per: field(),
  }
}

function candidates(lines: JsonLines, rows: readonly CandidateRecord[], names: Names): void {
  lines.piece(next)
  let first = true
  for (const candidate of rows) {
    if (!first) lines.character(comma)
    first = false
    lines.piece(names.rowTarget.of(candidate.target))
    writeScore(lines, candidate.score)
    scores(lines, candidate.scores, names)
    writeNumber(lines, candidate.estimatedCostNanoUsd)
    writeDuration(lines, candidate.estimatedLatencyMs)
    lines.piece(names.breaker.of(candidate.breaker))
    lines.character(close)
  }
  lines.character(close)
}

/** Not by `for … in`: over objects of more than one shape the engine would optimise it in vain. */
function scores(lines: JsonLines, byName: Readonly<Record<string, number>>, names: Names): void {
  const scored = Object.keys(byName)
  if (scored.length === 0) {
    lines.piece(empty)
    return
  }
  let before = beforeFirst
  for (const name of scored) {
    lines.piece(before)
    lines.piece(names.score.of(name))
    writeShare(lines, byName[name] ?? Number.NaN)
    before = beforeNext
  }
  lines.character(closeObject)
}

function attempts(lines: JsonLines, rows: readonly AttemptRecord[], names: Names): void {
  lines.piece(next)
  let first = true
  for (const attempt of rows) {
    if (!first) lines.character(comma)
    first = false
    lines.piece(names.rowTarget.of(attempt.target))
    lines.piece(names.region.of(attempt.region))
    writeDuration(lines, attempt.startedMs)
    writeDuration(lines, attempt.headMs)
    writeDuration(lines, attempt.firstOutputMs)
    writeDuration(lines, attempt.endedMs)
    lines.piece(names.result.of(attempt.result))
    if (attempt.failure === null) writeNull(lines)
    else lines.raw(`,${JSON.stringify(attempt.failure)}`)
    writeNumber(lines, attempt.upstreamStatus)
    writeUsage(lines, attempt.usage)
    writeFlag(lines, attempt.usageEstimated)
    writeNumber(lines, attempt.costNanoUsd)
    lines.character(close)
  }
  lines.character(close)
}

function limits(lines: JsonLines, rows: readonly LimitRecord[], names: Names): void {
  lines.piece(next)
  let first = true
  for (const limit of rows) {
    if (!first) lines.character(comma)
    first = false
    lines.piece(names.scope.of(limit.scope))
    lines.piece(names.metric.of(limit.metric))
    lines.piece(names.per.of(limit.per))
    writeNumber(lines, limit.amount)
    writeNumber(lines, limit.remaining)
    writeNumber(lines, limit.resetMs)
    writeNumber(lines, limit.needed)
    lines.character(close)
  }
  lines.character(close)
}

function writeUsage(lines: JsonLines, usage: Usage): void {
  lines.piece(next)
  lines.number(usage.inputTokens)
  writeNumber(lines, usage.cachedInputTokens)
  writeNumber(lines, usage.cacheWriteTokens)
  writeNumber(lines, usage.outputTokens)
  writeNumber(lines, usage.reasoningTokens)
  if (hasParts(usage)) {
    writeNumber(lines, usage.longCacheWriteTokens)
    writeNumber(lines, usage.inputAudioTokens)
    writeNumber(lines, usage.inputImageTokens)
    writeNumber(lines, usage.outputAudioTokens)
    writeNumber(lines, usage.outputImageTokens)
    writeNumber(lines, usage.images)
  }
  lines.character(close)
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

function metadata(lines: JsonLines, texts: Readonly<Record<string, string>>): void {
  if (Object.keys(texts).length === 0) lines.piece(empty)
  else lines.raw(`,${JSON.stringify(texts)}`)
}
