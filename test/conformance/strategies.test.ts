import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StrategyName, strategyNames } from '../../src/core/catalog.ts'
import { choiceOf } from '../../src/core/plan/choice.ts'
import { makePlan } from '../../src/core/plan/make-plan.ts'
import type { Candidate } from '../../src/core/plan/plan.ts'
import { strategies } from '../../src/core/plan/strategies/index.ts'
import type { Moment } from '../../src/core/plan/strategy.ts'
import {
  aCandidate,
  aCatalog,
  aFleet,
  aKnownCandidate,
  anAlias,
  aProvider,
  aRequest,
  aTarget,
  noNeeds,
  someSurroundings,
} from '../unit/core/plans.ts'

/** What may be known of a target: anything, and that not at all. */
const outlook = fc.record({
  firstTokenMs: fc.option(fc.nat(5_000)),
  totalMs: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true })),
  tokensPerSecond: fc.option(fc.double({ min: 0.01, max: 2_000, noNaN: true })),
  costNanoUsd: fc.option(fc.nat(1_000_000)),
  successRate: fc.double({ min: 0, max: 1, noNaN: true }),
  samples: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true })),
  latencySpread: fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
  outstandingTokens: fc.nat(100_000),
  inFlight: fc.nat(20),
})
const candidates = fc
  .uniqueArray(fc.record({ id: fc.nat(99), weight: fc.integer({ min: 1, max: 100 }), outlook }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ id }) => id,
  })
  .map((all) => all.map((one) => aKnownCandidate(`p${one.id}/m`, one.outlook, one.weight)))

function moment(name: StrategyName, turn: number, seed: number, vision = false): Moment {
  const request = aRequest({ needs: () => ({ ...noNeeds, vision }) })
  return { turn, seed, nowMs: 0, request, choice: choiceOf(name), learner: null }
}
const moments = (name: StrategyName) =>
  fc
    .record({ turn: fc.nat(1_000_000), seed: fc.integer(), vision: fc.boolean() })
    .map(({ turn, seed, vision }) => moment(name, turn, seed, vision))

const names = (list: readonly { readonly candidate: Candidate }[]) =>
  list.map(({ candidate }) => candidate.target.name)

/** The configured order is what these two are about, so for them the order of the input matters. */
const followsInput: ReadonlySet<StrategyName> = new Set(['failover', 'round-robin'])

describe.each(strategyNames)('strategy %s', (name) => {
  const strategy = strategies[name]

  it('ranks: every candidate exactly once, with a reason, in sane figures', () => {
    fc.assert(
      fc.property(candidates, moments(name), (given, at) => {
        const { order, reason, confidence } = strategy.rank(given, at)
        expect(names(order).sort()).toEqual(given.map(({ target }) => target.name).sort())
        expect(reason).not.toBe('')
        expect(reason).not.toMatch(/NaN|undefined|Infinity/)
        for (const { score, scores } of order) {
          if (score !== null) expect(Number.isFinite(score)).toBe(true)
          for (const value of Object.values(scores)) {
            expect(value).toBeGreaterThanOrEqual(0)
            expect(value).toBeLessThanOrEqual(1)
          }
        }
        if (confidence !== null) expect(confidence >= 0 && confidence <= 1).toBe(true)
      }),
    )
  })

  it('decides alike for the same moment', () => {
    fc.assert(
      fc.property(candidates, moments(name), (given, at) => {
        expect(strategy.rank(given, at)).toEqual(strategy.rank(given, at))
      }),
    )
  })

  it('leaves its input as it is', () => {
    fc.assert(
      fc.property(candidates, moments(name), (given, at) => {
        const before = given.map(({ target }) => target.name)
        strategy.rank(given, at)
        expect(given.map(({ target }) => target.name)).toEqual(before)
      }),
    )
  })

  it('ranks a single one first', () => {
    const only = aCandidate('a/m')
    expect(names(strategy.rank([only], moment(name, 7, 3)).order)).toEqual(['a/m'])
  })

  it('plans nothing where there is nothing, or all is excluded', () => {
    const off = aTarget('a/m', aProvider('a', { enabled: false }))
    for (const targets of [[], [off]]) {
      const alias = anAlias('alias', targets, { strategy: choiceOf(name) })
      const resolved = { as: 'alias', alias } as const
      const plan = makePlan(aRequest(), resolved, aCatalog([alias]), someSurroundings())
      expect(plan).toMatchObject({ class: 'no_target_available' })
    }
  })

  it('tries all of them where all are unavailable', () => {
    const down = { state: 'unavailable', untilMs: 9, because: 'breaker open' } as const
    const alias = anAlias('alias', [aTarget('a/m'), aTarget('b/m')], { strategy: choiceOf(name) })
    const fleet = aFleet({ 'a/m': { availability: down }, 'b/m': { availability: down } })
    const resolved = { as: 'alias', alias } as const
    const plan = makePlan(aRequest(), resolved, aCatalog([alias]), someSurroundings({ fleet }))
    expect(plan).toMatchObject({ panic: true, candidates: { length: 2 }, excluded: [] })
  })

  if (followsInput.has(name)) return
  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(candidates, fc.integer(), moments(name), (given, shuffle, at) => {
        const rotated = given.map((_, index) => given[(index + Math.abs(shuffle)) % given.length])
        const other = rotated.filter((one) => one !== undefined)
        const forth = strategy.rank(given, at)
        for (const back of [strategy.rank(given.toReversed(), at), strategy.rank(other, at)]) {
          expect(names(back.order)).toEqual(names(forth.order))
          expect(back.reason).toBe(forth.reason)
        }
      }),
    )
  })
})

/** How often each of the candidates comes first over many seeds. */
function firsts(name: StrategyName, given: readonly Candidate[], draws: number) {
  const counts = new Map<string, number>(given.map(({ target }) => [target.name, 0]))
  for (let seed = 0; seed < draws; seed++) {
    const first = strategies[name].rank(given, moment(name, 0, seed)).order[0]
    const target = first?.candidate.target.name ?? ''
    counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  return counts
}

describe('draws by weight', () => {
  const weighted = [aCandidate('a/m', 70), aCandidate('b/m', 20), aCandidate('c/m', 10)]
  const draws = 20_000

  it.each(['random', 'least-busy'] as const)('%s gives each its share', (name) => {
    const counts = firsts(name, weighted, draws)
    // χ² with 2 degrees of freedom stays below 13.8 in 999 of 1,000 fair experiments.
    const chiSquare = weighted.reduce((sum, { target, weight }) => {
      const expected = (weight / 100) * draws
      return sum + ((counts.get(target.name) ?? 0) - expected) ** 2 / expected
    }, 0)
    expect(chiSquare).toBeLessThan(13.8)
  })

  it('random draws the rest by weight too, so that failover keeps the shares', () => {
    const seconds = new Map<string, number>()
    let counted = 0
    for (let seed = 0; seed < draws; seed++) {
      const { order } = strategies.random.rank(weighted, moment('random', 0, seed))
      if (order[0]?.candidate.target.name !== 'a/m') continue
      const second = order[1]?.candidate.target.name ?? ''
      seconds.set(second, (seconds.get(second) ?? 0) + 1)
      counted++
    }
    expect((seconds.get('b/m') ?? 0) / counted).toBeCloseTo(2 / 3, 1)
  })
})
