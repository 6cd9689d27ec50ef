import type { WaybillRecord } from '../../core/account/record.ts'
import type { JsonLines } from '../../core/json-lines/json-lines.ts'
import { pieceOf } from '../../core/json-lines/piece.ts'
import { RememberedTexts } from '../../core/json-lines/remembered-texts.ts'
import { escapeInJson } from './escape.ts'
import { levelOf, refusedBy } from './log-line.ts'

/** What stands before the values that are new each time, and those of which there are few. */
const before = {
  user: pieceOf(',"user":'),
  status: pieceOf(',"status":'),
  failure: pieceOf(',"failure":'),
  limit: pieceOf(',"limit":'),
  attempts: pieceOf(',"attempts":'),
  inputTokens: pieceOf(',"inputTokens":'),
  cachedInputTokens: pieceOf(',"cachedInputTokens":'),
  outputTokens: pieceOf(',"outputTokens":'),
  reasoningTokens: pieceOf(',"reasoningTokens":'),
  firstOutputMs: pieceOf(',"firstOutputMs":'),
  totalMs: pieceOf(',"totalMs":'),
  overheadMs: pieceOf(',"overheadMs":'),
  queuedMs: pieceOf(',"queuedMs":'),
  reason: pieceOf(',"reason":'),
  requestBytes: pieceOf(',"requestBytes":'),
  replyBytes: pieceOf(',"replyBytes":'),
  generation: pieceOf(',"generation":'),
}
const levels = {
  info: pieceOf('Z","level":"info","msg":"request","id":'),
  warn: pieceOf('Z","level":"warn","msg":"request","id":'),
  error: pieceOf('Z","level":"error","msg":"request","id":'),
}
const estimated = pieceOf(',"usageEstimated":true,"costUsd":')
const reported = pieceOf(',"usageEstimated":false,"costUsd":')
const streaming = pieceOf(',"streaming":true')
const whole = pieceOf(',"streaming":false')
const translated = pieceOf(',"translated":true')
const passed = pieceOf(',"translated":false')
const noWarnings = pieceOf(',"warnings":[]')
const nothing = pieceOf('null')
const end = pieceOf('}\n')

/** Writes the line of a request, with its line break. */
export type WriteRequestLine = (lines: JsonLines, record: WaybillRecord, nowMs: number) => void

/**
 * What the line of one request says, `time` first. No bodies, and no metadata: it may hold anything.
 * Most of its texts are the same few names again and again, so each is redacted once and remembered.
 * `version` changes when there is a new secret to look for.
 */
export function createRequestLine(
  redact: (text: string) => string,
  version: () => number,
): WriteRequestLine {
  const quote = (text: string) => escapeInJson(JSON.stringify(redact(text)))
  const names = requestNames(quote)
  const writeTime = createTime()
  let redactedFor = version()

  function text(lines: JsonLines, value: string | null): void {
    if (value === null) lines.piece(nothing)
    else writeRedacted(lines, redact(value))
  }

  function reason(lines: JsonLines, value: string | null): void {
    if (value === null || !hasFigures(value)) {
      lines.piece(names.reason.of(value))
      return
    }
    lines.piece(before.reason)
    writeRedacted(lines, redact(value))
  }

  function warnings(lines: JsonLines, values: readonly string[]): void {
    if (values.length === 0) lines.piece(noWarnings)
    else lines.raw(`,"warnings":[${values.map(quote).join(',')}]`)
  }

  return (lines, record, nowMs) => {
    if (redactedFor !== version()) {
      for (const field of Object.values(names)) field.forget()
      redactedFor = version()
    }
    writeTime(lines, nowMs)
    lines.piece(levels[levelOf(record)])
    if (isOwnId(record.id)) lines.text(record.id)
    else text(lines, record.id)
    lines.piece(names.client.of(record.client))
    lines.piece(before.user)
    text(lines, record.user)
    lines.piece(names.policy.of(record.policy))
    lines.piece(names.model.of(record.model))
    lines.piece(names.target.of(record.target))
    lines.piece(before.status)
    lines.number(record.status)
    lines.piece(names.outcome.of(record.outcome))
    lines.piece(names.failureClass.of(record.failureClass))
    lines.piece(before.failure)
    text(lines, record.failureMessage)
    lines.piece(before.limit)
    text(lines, refusedBy(record))
    lines.piece(before.attempts)
    lines.number(record.attempts.length)
    writeFigures(lines, record)
    lines.piece(names.dialect.of(record.dialect))
    lines.piece(names.operation.of(record.operation))
    lines.piece(record.streaming ? streaming : whole)
    lines.piece(record.translated ? translated : passed)
    lines.piece(names.strategy.of(record.strategy))
    lines.piece(names.arm.of(record.arm))
    reason(lines, record.reason)
    warnings(lines, record.warnings)
    writeSizes(lines, record)
    lines.piece(end)
  }
}

function requestNames(quote: (text: string) => string) {
  return {
    client: new RememberedTexts(',"client":', quote),
    policy: new RememberedTexts(',"policy":', quote),
    model: new RememberedTexts(',"model":', quote),
    target: new RememberedTexts(',"target":', quote),
    outcome: new RememberedTexts(',"outcome":'),
    failureClass: new RememberedTexts(',"class":'),
    dialect: new RememberedTexts(',"dialect":'),
    operation: new RememberedTexts(',"operation":'),
    strategy: new RememberedTexts(',"strategy":', quote),
    arm: new RememberedTexts(',"arm":', quote),
    reason: new RememberedTexts(',"reason":', quote),
  }
}

function writeFigures(lines: JsonLines, record: WaybillRecord): void {
  const { usage, costNanoUsd } = record
  lines.piece(before.inputTokens)
  lines.number(usage.inputTokens)
  lines.piece(before.cachedInputTokens)
  lines.number(usage.cachedInputTokens)
  lines.piece(before.outputTokens)
  lines.number(usage.outputTokens)
  lines.piece(before.reasoningTokens)
  lines.number(usage.reasoningTokens)
  lines.piece(record.usageEstimated ? estimated : reported)
  if (costNanoUsd === null) lines.piece(nothing)
  else lines.decimal(costNanoUsd, 9)
  lines.piece(before.firstOutputMs)
  rounded(lines, record.firstOutputMs)
  lines.piece(before.totalMs)
  rounded(lines, record.totalMs)
  lines.piece(before.overheadMs)
  rounded(lines, record.overheadMs)
  lines.piece(before.queuedMs)
  rounded(lines, record.queuedMs)
}

function writeSizes(lines: JsonLines, record: WaybillRecord): void {
  lines.piece(before.requestBytes)
  lines.number(record.requestBytes)
  lines.piece(before.replyBytes)
  lines.number(record.replyBytes)
  lines.piece(before.generation)
  lines.number(record.catalogGeneration)
}

function writeRedacted(lines: JsonLines, text: string): void {
  if (!lines.plainText(text)) lines.raw(escapeInJson(JSON.stringify(text)))
}

function rounded(lines: JsonLines, milliseconds: number | null): void {
  if (milliseconds === null) lines.piece(nothing)
  else lines.decimal(Math.round(milliseconds * 100), 2)
}

const ownIdLength = 29

/** An id we made: there is nothing to redact in what we drew ourselves. */
function isOwnId(id: string): boolean {
  if (id.length !== ownIdLength || !id.startsWith('wb_')) return false
  for (let at = 3; at < ownIdLength; at++) {
    const code = id.charCodeAt(at)
    if (code < 0x30 || code > 0x7a || (code > 0x39 && code < 0x61)) return false
  }
  return true
}

/** Figures make a reason new each time: remembered, it would drive out those that come again. */
function hasFigures(reason: string): boolean {
  return /\d/.test(reason)
}

/** Milliseconds since the epoch as RFC 3339 in UTC; the seconds are made once for all within. */
function createTime(): (lines: JsonLines, nowMs: number) => void {
  let second = Number.NaN
  let upToSecond = nothing
  return (lines, nowMs) => {
    const current = Math.floor(nowMs / 1000)
    if (current !== second) {
      second = current
      upToSecond = pieceOf(`{"time":"${new Date(current * 1000).toISOString().slice(0, -4)}`)
    }
    lines.piece(upToSecond)
    lines.digits(Math.floor(nowMs - current * 1000), 3)
  }
}
