import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineOf, recordIn } from '../../../src/adapters/store/record-line.ts'
import type { AttemptRecord, WaybillRecord } from '../../../src/core/account/record.ts'
import { failure } from '../../../src/core/failure.ts'
import { metrics, periods } from '../../../src/core/limits/limit.ts'
import type { Usage } from '../../../src/core/reply.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'

const text = fc.string({ unit: 'binary' }).map((made) => made.toWellFormed())
const count = fc.nat()
const time = fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0)
const failureClass = fc.constantFrom('overloaded', 'timeout', 'internal')
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })

const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: count,
    cachedInputTokens: count,
    cacheWriteTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    longCacheWriteTokens: count,
    inputAudioTokens: count,
    inputImageTokens: count,
    outputAudioTokens: count,
    outputImageTokens: count,
    images: count,
  },
  {
    requiredKeys: [
      'inputTokens',
      'cachedInputTokens',
      'cacheWriteTokens',
      'outputTokens',
      'reasoningTokens',
    ],
  },
)

const attempt: fc.Arbitrary<AttemptRecord> = fc.record({
  target: text,
  region: orNull(text),
  startedMs: time,
  headMs: orNull(time),
  firstOutputMs: orNull(time),
  endedMs: time,
  result: fc.constantFrom('success', 'failure', 'cancelled'),
  failure: orNull(fc.tuple(failureClass, text).map(([name, said]) => failure(name, said))),
  upstreamStatus: orNull(count),
  usage,
  usageEstimated: fc.boolean(),
  costNanoUsd: orNull(count),
})

const texts = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  text,
)

const record: fc.Arbitrary<WaybillRecord> = fc.record({
  arm: orNull(text),
  provider: orNull(text),
  estimatedCostNanoUsd: orNull(count),
  estimatedLatencyMs: orNull(time),
  confidence: orNull(time),
  panic: fc.boolean(),
  id: text.filter((id) => id !== ''),
  arrivedAtMs: count,
  dialect: fc.constantFrom('openai', 'anthropic', 'gemini', 'openai-responses'),
  operation: fc.constantFrom('chat', 'embedding'),
  path: text,
  client: orNull(text),
  user: orNull(text),
  policy: orNull(text),
  model: text,
  resolvedAs: fc.constantFrom('alias', 'target', 'model-id', null),
  strategy: orNull(text),
  target: orNull(text),
  reason: orNull(text),
  candidates: fc.array(
    fc.record({
      target: text,
      score: orNull(time),
      scores: fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        time,
      ),
      estimatedCostNanoUsd: orNull(count),
      estimatedLatencyMs: orNull(time),
      breaker: fc.constantFrom('closed', 'open', 'half-open'),
    }),
  ),
  excluded: fc.array(fc.record({ target: text, because: text })),
  attempts: fc.array(attempt),
  streaming: fc.boolean(),
  translated: fc.boolean(),
  warnings: fc.array(text),
  status: count,
  outcome: fc.constantFrom('success', 'failure', 'cancelled'),
  failureClass: orNull(failureClass),
  failureMessage: orNull(text),
  usage,
  usageEstimated: fc.boolean(),
  costNanoUsd: orNull(count),
  firstOutputMs: orNull(time),
  totalMs: time,
  overheadMs: time,
  requestBytes: count,
  replyBytes: count,
  metadata: texts,
  catalogGeneration: count,
  limits: fc.array(
    fc.record({
      scope: text,
      metric: fc.constantFrom(...metrics),
      per: fc.constantFrom(...periods, null),
      amount: count,
      remaining: fc.integer(),
      resetMs: count,
      needed: orNull(count),
    }),
  ),
  queuedMs: time,
})

/** Without the prototypes that the generator gives its objects. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a line of the journal', () => {
  it('gives back every record as it was', () => {
    fc.assert(
      fc.property(record, (written) => {
        const line = lineOf(written)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(recordIn(line)).toEqual(plain(written))
      }),
    )
  })

  it('may be an object, as earlier versions wrote it', () => {
    const written = sampleRecord('wb_1')
    expect(recordIn(JSON.stringify(written))).toEqual(written)
  })

  it('may be shorter, of an earlier version, or longer, of a later one', () => {
    const { panic: _, ...rest } = sampleRecord('wb_1')
    const values: unknown[] = JSON.parse(lineOf(sampleRecord('wb_1')))
    const before = { ...rest, limits: [], queuedMs: 0 }
    expect(recordIn(JSON.stringify(values.slice(0, -3)))).toEqual(before)
    expect(recordIn(JSON.stringify([...values, 'new']))).toEqual(sampleRecord('wb_1'))
  })

  it('holds no record when it is cut off or its parts are no rows', () => {
    const line = lineOf(sampleRecord('wb_1'))
    expect(recordIn(line.slice(0, line.length / 2))).toBeNull()
    for (const broken of ['[]', '[1]', '["wb_1",1]', '{}', 'null', '7']) {
      expect(recordIn(broken), broken).toBeNull()
    }
    const values: unknown[] = JSON.parse(line)
    const attempts = values.map((value) => (Array.isArray(value) ? [7] : value))
    expect(recordIn(JSON.stringify(attempts))).toBeNull()
  })
})
