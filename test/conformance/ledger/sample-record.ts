import type { AttemptRecord, WaybillRecord } from '../../../src/core/account/record.ts'
import { failure } from '../../../src/core/failure.ts'
import type { Ledger } from '../../../src/gateway/ports.ts'

const usage = {
  inputTokens: 1234,
  cachedInputTokens: 1000,
  cacheWriteTokens: 0,
  outputTokens: 345,
  reasoningTokens: 64,
  inputAudioTokens: 12,
  images: 1,
}

const failedAttempt: AttemptRecord = {
  target: 'openai/gpt-4o-mini',
  region: 'us-east',
  startedMs: 1.25,
  headMs: 80.5,
  firstOutputMs: null,
  endedMs: 81,
  result: 'failure',
  failure: failure('overloaded', 'The provider is overloaded.', { upstreamStatus: 529 }),
  upstreamStatus: 529,
  usage: { ...usage, outputTokens: 0, reasoningTokens: 0 },
  usageEstimated: true,
  costNanoUsd: 185_100,
}

const goodAttempt: AttemptRecord = {
  target: 'google/gemini-2.5-flash',
  region: null,
  startedMs: 101,
  headMs: 250,
  firstOutputMs: 300.125,
  endedMs: 1200,
  result: 'success',
  failure: null,
  upstreamStatus: 200,
  usage,
  usageEstimated: false,
  costNanoUsd: 1_232_700,
}

/**
 * A record as a busy gateway writes them (about 2 KB of JSON), with an id of the caller's choice.
 */
export function sampleRecord(id: string, changes: Partial<WaybillRecord> = {}): WaybillRecord {
  return {
    id,
    arrivedAtMs: 1_790_000_000_000,
    dialect: 'openai',
    operation: 'chat',
    path: '/chat/completions',
    client: 'web',
    user: 'user-17',
    policy: 'product-x',
    model: 'fast',
    resolvedAs: 'alias',
    strategy: 'weighted',
    arm: 'canary',
    target: 'google/gemini-2.5-flash',
    provider: 'google',
    reason: 'best balance of latency and cost',
    estimatedCostNanoUsd: 1_100_000,
    estimatedLatencyMs: 1100.5,
    confidence: 0.8,
    panic: false,
    candidates: [
      {
        target: 'openai/gpt-4o-mini',
        score: 0.92,
        scores: { latency: 0.9, cost: 0.95 },
        estimatedCostNanoUsd: 190_000,
        estimatedLatencyMs: 950,
        breaker: 'closed',
      },
      {
        target: 'google/gemini-2.5-flash',
        score: 0.91,
        scores: { latency: 0.92, cost: 0.88 },
        estimatedCostNanoUsd: 1_100_000,
        estimatedLatencyMs: null,
        breaker: 'half-open',
      },
    ],
    excluded: [
      { target: 'local/llama', because: 'context window 8192 < 12000 tokens needed' },
      { target: 'anthropic/claude-haiku-4-5', because: 'its breaker is open for 12 s more' },
    ],
    attempts: [failedAttempt, goodAttempt],
    streaming: true,
    translated: true,
    warnings: ['`logit_bias` has no counterpart at google and was left out'],
    status: 200,
    outcome: 'success',
    failureClass: null,
    failureMessage: null,
    usage,
    usageEstimated: false,
    costNanoUsd: 1_417_800,
    firstOutputMs: 300.125,
    totalMs: 1201.5,
    overheadMs: 1.25,
    requestBytes: 5210,
    replyBytes: 1822,
    metadata: { team: 'growth', feature: 'chat' },
    catalogGeneration: 3,
    limits: [
      {
        scope: 'policy:product-x',
        metric: 'requests',
        per: 'minute',
        amount: 110,
        remaining: 87,
        resetMs: 41_250,
        needed: null,
      },
    ],
    queuedMs: 0,
    ...changes,
  }
}

/** For tests that do not look at when a record is stored. */
export const nothing = () => {}

/** Resolves when the record survives the end of the process. */
export function stored(ledger: Ledger, record: WaybillRecord): Promise<void> {
  return new Promise((resolve) => ledger.append(record, resolve))
}
