import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StrategyName, strategyNames } from '../../src/core/catalog.ts'
import type { Candidate } from '../../src/core/plan/plan.ts'
import { strategies } from '../../src/core/plan/strategies/index.ts'
import { aCandidate } from '../unit/core/plans.ts'

const candidates = fc
  .uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc
      .array(fc.integer({ min: 1, max: 100 }), { minLength: ids.length, maxLength: ids.length })
      .map((weights) => ids.map((id, index) => aCandidate(`p${id}/m`, weights[index]))),
  )
const moment = fc.record({ turn: fc.nat(1_000_000), seed: fc.integer() })

const names = (list: readonly Candidate[]) => list.map(({ target }) => target.name)

/** The configured order is what these two are about, so for them the order of the input matters. */
const followsInput: ReadonlySet<StrategyName> = new Set(['failover', 'round-robin'])

describe.each(strategyNames)('strategy %s', (name) => {
  const strategy = strategies[name]

  it('ranks: a permutation of its input, with a reason', () => {
    fc.assert(
      fc.property(candidates, moment, (given, at) => {
        const { order, reason } = strategy.rank(given, at)
        expect(names(order.map(({ candidate }) => candidate)).sort()).toEqual(names(given).sort())
        expect(reason).not.toBe('')
      }),
    )
  })

  it('decides alike for the same moment', () => {
    fc.assert(
      fc.property(candidates, moment, (given, at) => {
        expect(strategy.rank(given, at)).toEqual(strategy.rank(given, at))
      }),
    )
  })

  if (followsInput.has(name)) return
  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(candidates, moment, (given, at) => {
        const forth = strategy.rank(given, at).order.map(({ candidate }) => candidate.target.name)
        const back = strategy.rank(given.toReversed(), at)
        expect(back.order.map(({ candidate }) => candidate.target.name)).toEqual(forth)
      }),
    )
  })
})

describe('how the strategies differ', () => {
  const three = ['a/m', 'b/m', 'c/m'].map((name) => aCandidate(name))

  it('failover keeps the configured order', () => {
    const { order } = strategies.failover.rank(three, { turn: 5, seed: 9 })
    expect(order.map(({ candidate }) => candidate.target.name)).toEqual(['a/m', 'b/m', 'c/m'])
  })

  it('round-robin gives every target its turn', () => {
    const firsts = [0, 1, 2, 3].map(
      (turn) =>
        strategies['round-robin'].rank(three, { turn, seed: 0 }).order[0]?.candidate.target.name,
    )
    expect(firsts).toEqual(['a/m', 'b/m', 'c/m', 'a/m'])
  })

  it('random draws in proportion to the weights', () => {
    const weighted = [aCandidate('a/m', 70), aCandidate('b/m', 20), aCandidate('c/m', 10)]
    const draws = 20_000
    const counts = new Map<string, number>()
    for (let seed = 0; seed < draws; seed++) {
      const first = strategies.random.rank(weighted, { turn: 0, seed }).order[0]?.candidate.target
        .name
      counts.set(first ?? '', (counts.get(first ?? '') ?? 0) + 1)
    }
    // χ² with 2 degrees of freedom stays below 13.8 in 999 of 1,000 fair experiments.
    const chiSquare = weighted.reduce((sum, { target, weight }) => {
      const expected = (weight / 100) * draws
      return sum + ((counts.get(target.name) ?? 0) - expected) ** 2 / expected
    }, 0)
    expect(chiSquare).toBeLessThan(13.8)
  })
})
