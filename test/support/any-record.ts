import fc from 'fast-check'
import type { AttemptRecord, WaybillRecord } from '../../src/core/account/record.ts'
import { failure } from '../../src/core/failure.ts'
import { metrics, periods } from '../../src/core/limits/limit.ts'
import type { Usage } from '../../src/core/reply.ts'

const text = fc.string({ unit: 'binary' }).map((made) => made.toWellFormed())
const count = fc.nat()
const time = fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0),
  fc.nat().map((thousandths) => thousandths / 1000),
)
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

/** Records with anything in each field that its type lets in, short of numbers that are none. */
export const anyRecord: fc.Arbitrary<WaybillRecord> = fc.record({
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
