import { describe, expect, it } from 'vitest'
import type { StrategyName, Target } from '../../../../src/core/catalog.ts'
import { openWarmth, type Warmth } from '../../../../src/core/health/warmth.ts'
import { choiceOf } from '../../../../src/core/plan/choice.ts'
import { makePlan } from '../../../../src/core/plan/make-plan.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import { noUsage } from '../../../../src/core/reply.ts'
import type { Request } from '../../../../src/core/request.ts'
import {
  aCatalog,
  aFleet,
  anAlias,
  aRequest,
  aTarget,
  someSurroundings,
  someVitals,
} from '../plans.ts'

const price = {
  inputNanoUsd: 1_000,
  cachedInputNanoUsd: 100,
  cacheWriteNanoUsd: 1_000,
  outputNanoUsd: 4_000,
  requestNanoUsd: 0,
}
const warm: Target = { ...aTarget('warm/m'), price }
const other: Target = { ...aTarget('other/m'), price: { ...price, inputNanoUsd: 700 } }

/** Two turns at `warm/m`, of which the second came from the cache by `share`. */
function twoTurns(share: number): Warmth {
  const warmth = openWarmth()
  const usage = { ...noUsage, inputTokens: 8_000 }
  warmth.replied('c1', 'warm/m', usage, 0)
  warmth.replied('c1', 'warm/m', { ...usage, cachedInputTokens: 8_000 * share }, 60_000)
  return warmth
}

type Known = Readonly<Record<string, Parameters<typeof someVitals>[1]>>

function plan(
  strategy: StrategyName,
  warmth: Warmth | null,
  { known = {}, request = {}, nowMs = 120_000, seed = 1 } = {} as {
    known?: Known
    request?: Partial<Request>
    nowMs?: number
    seed?: number
  },
): Plan {
  const alias = anAlias('alias', [other, warm], { strategy: choiceOf(strategy) })
  const asked = aRequest({
    inputTokensEstimate: 9_000,
    conversationKey: () => 'c1',
    ...request,
  })
  const surroundings = someSurroundings({ fleet: aFleet(known), warmth, nowMs, seed })
  const made = makePlan(asked, { as: 'alias', alias }, aCatalog([alias]), surroundings)
  if ('class' in made) throw new Error(made.message)
  return made
}

const first = (made: Plan) => made.candidates[0]?.target.name

describe('a conversation stays where its prompt is cached', () => {
  it('in money: when what the cache saves is more than the other is cheaper', () => {
    expect(first(plan('cost', null))).toBe('other/m')
    expect(first(plan('cost', twoTurns(1)))).toBe('warm/m')
    expect(first(plan('cost', twoTurns(0.1)))).toBe('other/m')
  })

  it('in time: when the first token comes so much earlier', () => {
    const known = { 'other/m': { totalMs: 900, samples: 50, firstTokenMs: 500 } }
    const vitals = { ...someVitals('warm/m', { totalMs: 1_200, samples: 50 }) }
    const fleet = {
      ...aFleet(known),
      vitals: (target: Target) =>
        target.name === 'warm/m'
          ? { ...vitals, firstTokenMs: (tokens: number) => tokens / 10 }
          : someVitals(target.name, known['other/m']),
    }
    const alias = anAlias('alias', [other, warm], { strategy: choiceOf('latency') })
    const asked = aRequest({ inputTokensEstimate: 9_000, conversationKey: () => 'c1' })
    const planWith = (warmth: Warmth | null) =>
      makePlan(
        asked,
        { as: 'alias', alias },
        aCatalog([alias]),
        someSurroundings({ fleet, warmth, nowMs: 120_000 }),
      )
    expect(planWith(null)).toMatchObject({ candidates: [{ target: { name: 'other/m' } }, {}] })
    expect(planWith(twoTurns(0.9))).toMatchObject({
      candidates: [{ target: { name: 'warm/m' } }, {}],
    })
  })

  it('always with strategies that only spread the load', () => {
    for (let seed = 0; seed < 30; seed++) {
      expect(first(plan('random', twoTurns(1), { seed }))).toBe('warm/m')
    }
    expect(plan('round-robin', twoTurns(1)).reason).toBe(
      'stays where the prompt is cached: 8000 tokens',
    )
  })

  it('in tokens: while the target is not busier by more than the cache spares', () => {
    const busy = (outstandingTokens: number) => ({ known: { 'warm/m': { outstandingTokens } } })
    expect(first(plan('least-busy', twoTurns(1), busy(5_000)))).toBe('warm/m')
    expect(first(plan('least-busy', twoTurns(1), busy(20_000)))).toBe('other/m')
  })

  it('but not against the order of failover', () => {
    expect(first(plan('failover', twoTurns(1)))).toBe('other/m')
  })
})

describe('it does not stay', () => {
  it('once the cache has expired', () => {
    expect(first(plan('cost', twoTurns(1), { nowMs: 361_000 }))).toBe('other/m')
  })

  it('where the target is unavailable', () => {
    const availability = { state: 'unavailable', untilMs: 9, because: 'breaker open' } as const
    const made = plan('random', twoTurns(1), { known: { 'warm/m': { availability } } })
    expect(made.candidates.map(({ target }) => target.name)).toEqual(['other/m'])
  })

  it('where nothing was ever seen to come from a cache', () => {
    const seeds = Array.from({ length: 30 }, (_, seed) => seed)
    const firsts = seeds.map((seed) => first(plan('random', twoTurns(0), { seed })))
    expect(new Set(firsts).size).toBe(2)
  })

  it('and is not even asked which one it is, where that cannot matter', () => {
    const conversationKey = () => {
      throw new Error('asked')
    }
    plan('cost', twoTurns(1), { request: { conversationKey, inputTokensEstimate: 500 } })
    plan('failover', twoTurns(1), { request: { conversationKey } })
    plan('cost', null, { request: { conversationKey } })
  })
})

describe('what is remembered', () => {
  it('is bounded: the conversations that were idle longest go', () => {
    const warmth = openWarmth()
    const usage = { ...noUsage, inputTokens: 2_000 }
    for (let index = 0; index <= 20_000; index++) warmth.replied(`c${index}`, 'a/m', usage, index)
    expect(warmth.of('c0', 20_000)).toBeNull()
    expect(warmth.of('c1', 20_000)).toMatchObject({ target: 'a/m', tokens: 2_000 })
  })

  it('is nothing of short prompts', () => {
    const warmth = openWarmth()
    warmth.replied('c', 'a/m', { ...noUsage, inputTokens: 1_000 }, 0)
    expect(warmth.of('c', 1)).toBeNull()
  })

  it('moves with the conversation', () => {
    const warmth = twoTurns(1)
    warmth.replied('c1', 'other/m', { ...noUsage, inputTokens: 9_000 }, 70_000)
    expect(warmth.of('c1', 80_000)).toMatchObject({ target: 'other/m' })
    expect(warmth.cachedShare('other/m')).toBeNull()
  })

  it('is the mean of what was reported', () => {
    const warmth = openWarmth()
    const usage = { ...noUsage, inputTokens: 4_000 }
    warmth.replied('c', 'a/m', usage, 0)
    warmth.replied('c', 'a/m', { ...usage, cachedInputTokens: 4_000 }, 1)
    warmth.replied('c', 'a/m', { ...usage, cachedInputTokens: 2_000 }, 2)
    expect(warmth.cachedShare('a/m')).toBeCloseTo(0.75)
  })
})
