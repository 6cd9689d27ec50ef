import { describe, expect, it } from 'vitest'
import type { LimitRecord } from '../../../src/core/account/record.ts'
import { decidedBy, explanationOf } from '../../../src/core/explain.ts'
import type { RankedCandidate } from '../../../src/core/plan/plan.ts'
import { aKnownCandidate, aPlan } from './plans.ts'

const quick: RankedCandidate = {
  ...aKnownCandidate('google/gemini-2.5-flash', {
    totalMs: 420.00049,
    costNanoUsd: 200_000,
    breaker: 'half-open',
  }),
  score: 0.914_159_265,
  scores: { latency: 0.92, cost: 1 / 3 },
}
const unknown: RankedCandidate = {
  ...aKnownCandidate('local/llama', { totalMs: null, costNanoUsd: null }),
  score: null,
  scores: {},
}
const plan = {
  ...aPlan([]),
  model: 'fast',
  strategy: 'weighted' as const,
  reason: 'best balance',
  candidates: [quick, unknown],
  excluded: [{ target: 'a/b', because: 'provider a is disabled' }],
  confidence: 0.950_004,
}
const limits: LimitRecord[] = [
  {
    scope: 'policy:product-x',
    metric: 'requests',
    per: 'minute',
    amount: 110,
    remaining: 87,
    resetMs: 1200,
    needed: null,
  },
  {
    scope: 'user:alice',
    metric: 'cost',
    per: 'day',
    amount: 5_000_000_000,
    remaining: -12_000_000,
    resetMs: 3_600_000,
    needed: null,
  },
]
const asking = { id: 'wb_1', policy: 'product-x', limits, queuedMs: 12 }

describe('an explanation', () => {
  it('has the promised names, money in dollars and no more decimals than mean anything', () => {
    expect(explanationOf(decidedBy(plan, quick, [], asking))).toEqual({
      id: 'wb_1',
      model: 'fast',
      resolvedAs: 'alias',
      policy: 'product-x',
      strategy: 'weighted',
      arm: null,
      provider: 'google',
      target: 'google/gemini-2.5-flash',
      reason: 'best balance',
      estimatedCostUsd: 0.0002,
      estimatedLatencyMs: 420,
      confidence: 0.95,
      panic: false,
      candidates: [
        {
          target: 'google/gemini-2.5-flash',
          score: 0.9142,
          scores: { latency: 0.92, cost: 0.3333 },
          estimatedCostUsd: 0.0002,
          estimatedLatencyMs: 420,
          breaker: 'half-open',
        },
        {
          target: 'local/llama',
          score: null,
          scores: {},
          estimatedCostUsd: null,
          estimatedLatencyMs: null,
          breaker: 'closed',
        },
      ],
      excluded: [{ target: 'a/b', because: 'provider a is disabled' }],
      limits: [
        {
          scope: 'policy:product-x',
          metric: 'requests',
          per: 'minute',
          amount: 110,
          remaining: 87,
          resetMs: 1200,
        },
        {
          scope: 'user:alice',
          metric: 'cost',
          per: 'day',
          amount: 5,
          remaining: -0.012,
          resetMs: 3_600_000,
        },
      ],
      queuedMs: 12,
    })
  })

  it('expects what is known of the target that is asked, not of the first in order', () => {
    const unfit = [{ target: 'google/gemini-2.5-flash', because: 'has no log probabilities' }]
    const explained = explanationOf(decidedBy(plan, unknown, unfit, asking))
    expect(explained).toMatchObject({
      target: 'local/llama',
      provider: 'local',
      estimatedCostUsd: null,
      estimatedLatencyMs: null,
    })
    expect(explained.excluded.map(({ target }) => target)).toEqual([
      'a/b',
      'google/gemini-2.5-flash',
    ])
  })

  it('is the same when its record comes back from a store', () => {
    const decided = decidedBy(plan, quick, [], asking)
    const stored: typeof decided = JSON.parse(JSON.stringify(decided))
    expect(explanationOf(stored)).toEqual(explanationOf(decided))
  })
})
