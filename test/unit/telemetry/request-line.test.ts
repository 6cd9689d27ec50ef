import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeInJson } from '../../../src/adapters/telemetry/escape.ts'
import { costUsd, levelOf, refusedBy } from '../../../src/adapters/telemetry/log-line.ts'
import { createRedactor } from '../../../src/adapters/telemetry/redact.ts'
import { createRequestLine } from '../../../src/adapters/telemetry/request-line.ts'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { JsonLines } from '../../../src/core/json-lines/json-lines.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'
import { anyRecord } from '../../support/any-record.ts'

const redactor = createRedactor()
redactor.addSecret('open sesame')
const write = createRequestLine(redactor.redact, redactor.version)
const lines = new JsonLines()

function lineOf(record: WaybillRecord, nowMs: number): string {
  lines.clear()
  lines.begin()
  write(lines, record, nowMs)
  lines.finish()
  return new TextDecoder().decode(lines.bytes())
}

const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms * 100) / 100)

/** The same line by way of an object, `JSON.stringify` and a look at all of its text. */
function plainLine(record: WaybillRecord, nowMs: number): string {
  const clean = (text: string | null) => (text === null ? null : redactor.redact(text))
  const line = {
    time: new Date(Math.floor(nowMs)).toISOString(),
    level: levelOf(record),
    msg: 'request',
    id: clean(record.id),
    client: clean(record.client),
    user: clean(record.user),
    policy: clean(record.policy),
    model: clean(record.model),
    target: clean(record.target),
    status: record.status,
    outcome: record.outcome,
    class: record.failureClass,
    failure: clean(record.failureMessage),
    limit: clean(refusedBy(record)),
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
    strategy: clean(record.strategy),
    arm: clean(record.arm),
    reason: clean(record.reason),
    warnings: record.warnings.map(clean),
    requestBytes: record.requestBytes,
    replyBytes: record.replyBytes,
    generation: record.catalogGeneration,
  }
  return `${escapeInJson(JSON.stringify(line))}\n`
}

const time = fc.double({ min: 0, max: 4e12, noNaN: true })
const said = fc.oneof(
  fc.string({
    unit: fc.constantFrom('\n', '\u007f', '\u2028', '\ud800', '"', '\\', 'ä', 'a', '1'),
  }),
  fc.constantFrom(
    'open sesame',
    'an open sesame',
    'sk-0123456789abcdef',
    'key=abc',
    'fast',
    'p95 3',
  ),
)
const sayings = fc
  .array(said, { minLength: 9, maxLength: 9 })
  .map(([id = '', client = '', user = '', policy = '', model = '', reason = '', ...more]) => ({
    id,
    client,
    user,
    policy,
    model,
    reason,
    target: more[0] ?? '',
    failureMessage: more[1] ?? '',
    warnings: more,
  }))

describe('the line of a request', () => {
  it('is what `JSON.stringify` makes of its redacted fields', () => {
    fc.assert(
      fc.property(anyRecord, sayings, time, fc.boolean(), (record, changes, nowMs, odd) => {
        const written = odd ? { ...record, ...changes } : record
        expect(lineOf(written, nowMs)).toBe(plainLine(written, nowMs))
      }),
      { numRuns: 500 },
    )
  })

  it('holds numbers that are none as null, and strange ones as they are', () => {
    const strange = [Number.NaN, Number.POSITIVE_INFINITY, -0, -1.234, 1e21, 999, 1000, 1e15 + 0.5]
    for (const value of strange) {
      const usage = { ...sampleRecord('wb_1').usage, inputTokens: value }
      const record = sampleRecord('wb_1', { usage, totalMs: value, costNanoUsd: value })
      expect(lineOf(record, 1)).toBe(plainLine(record, 1))
    }
  })

  it('redacts names anew once there is a new secret', () => {
    const record = sampleRecord('wb_1', { client: 'hush-hush' })
    expect(lineOf(record, 1)).toContain('hush-hush')
    redactor.addSecret('hush-hush')
    expect(lineOf(record, 1)).not.toContain('hush-hush')
  })

  it('leaves the ids we make as they are, and redacts what only begins like one', () => {
    const own = 'wb_01k9n3f5t8zzx0q7mk5y2abcde'
    redactor.addSecret('zzx0q7')
    expect(lineOf(sampleRecord(own), 1)).toContain(`"id":"${own}"`)
    expect(lineOf(sampleRecord(`${own}f`), 1)).not.toContain('zzx0q7')
  })
})
