import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featuresOf } from '../../../../src/core/learn/features.ts'
import type { Learner } from '../../../../src/core/learn/learner.ts'
import { adaptive } from '../../../../src/core/plan/strategies/adaptive.ts'
import { aKnownCandidate } from '../plans.ts'
import { asking, lesson, settingsWith, taught } from './lessons-made.ts'

const candidates = ['a/m', 'b/m', 'c/m'].map((name) =>
  aKnownCandidate(name, { costNanoUsd: 1_000 }),
)

function rank(learner: Learner | null, own: Parameters<typeof settingsWith>[0] = {}, seed = 1) {
  const choice = { name: 'adaptive', settings: settingsWith(own) } as const
  const request = asking('What is it?')
  return adaptive.rank(candidates, { turn: 0, seed, nowMs: 0, request, choice, learner })
}

const names = (ranking: ReturnType<typeof rank>) =>
  ranking.order.map(({ candidate }) => candidate.target.name)

describe('adaptive', () => {
  it('ranks by what was learned, and says so', () => {
    const ranking = rank(taught({ 'a/m': 0.3, 'b/m': 0.9, 'c/m': 0.6 }, 80), { exploration: 0 })
    expect(names(ranking)).toEqual(['b/m', 'c/m', 'a/m'])
    expect(ranking.reason).toMatch(
      /^best for requests like this: expected reward 0\.\d\d over 80 samples$/,
    )
    expect(ranking.confidence).toBeGreaterThan(0.9)
  })

  it('is unsure where little was learned, or nothing tells them apart', () => {
    const few = rank(taught({ 'a/m': 0.6, 'b/m': 0.7, 'c/m': 0.6 }, 10), { exploration: 0 })
    const many = rank(taught({ 'a/m': 0.6, 'b/m': 0.7, 'c/m': 0.6 }, 500), { exploration: 0 })
    expect(few.confidence ?? 1).toBeLessThan(many.confidence ?? 0)
  })

  it('says what it tries in order to learn', () => {
    expect(rank(taught({}, 0)).reason).toBe('tried to learn of it: 0 of 10 samples')
    const learner = taught({ 'a/m': 0.3, 'b/m': 0.9, 'c/m': 0.6 }, 80)
    expect(rank(learner, { exploration: 1 }).reason).toMatch(/^explored: expected reward/)
  })

  it('goes to the cheapest when the budget is spent', () => {
    const learner = taught({ 'a/m': 0.3, 'b/m': 0.9, 'c/m': 0.6 }, 80)
    const settings = settingsWith({ budgetNanoUsdPerRequest: 2_000 })
    const features = featuresOf(asking('What?'))
    learner.study(features, lesson('a/m', 0.3, 10))
    learner.learn(features, [lesson('b/m', 0.9, 1e6)], { settings, choices: ['a/m', 'b/m'] })
    const ranking = rank(learner, { budgetNanoUsdPerRequest: 2_000, exploration: 0 })
    expect(names(ranking)[0]).toBe('a/m')
    expect(ranking.order.slice(1).map(({ score }) => score)).toEqual([null, null])
    expect(ranking.reason).toMatch(/^the cheapest, until the budget covers others/)
  })

  it('ranks every candidate once, whatever their order, and alike for the same seed', () => {
    const learner = taught({ 'a/m': 0.7, 'b/m': 0.7, 'c/m': 0.7 }, 20)
    const choice = { name: 'adaptive', settings: settingsWith({ exploration: 0.5 }) } as const
    const shuffled = fc.shuffledSubarray(candidates, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(shuffled, fc.string(), fc.integer(), (given, text, seed) => {
        const moment = { turn: 0, seed, nowMs: 0, request: asking(text), choice, learner }
        const order = names(adaptive.rank(given, moment))
        expect(order.toSorted()).toEqual(['a/m', 'b/m', 'c/m'])
        expect(names(adaptive.rank(candidates, moment))).toEqual(order)
      }),
    )
  })

  it('ranks by cost until anything learns', () => {
    expect(rank(null).reason).toMatch(/cost/)
  })
})
