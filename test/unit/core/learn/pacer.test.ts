import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBandit } from '../../../../src/core/learn/bandit.ts'
import { featuresOf } from '../../../../src/core/learn/features.ts'
import { affordable, newPacer, pay } from '../../../../src/core/learn/pacer.ts'
import { priceOfMoney } from '../../../../src/core/learn/price-of-money.ts'
import { asking, choicesOf, lesson, settingsWith, winner } from './lessons-made.ts'

describe('the price of money', () => {
  const rich = { reward: 0.95, cost: 4 }
  const plain = { reward: 0.9, cost: 0.5 }
  const options = fc.array(
    fc.array(
      fc.record({
        reward: fc.double({ min: 0, max: 1, noNaN: true }),
        cost: fc.double({ min: 0, max: 20, noNaN: true }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    { minLength: 1, maxLength: 30 },
  )

  it('is nothing where the plan is kept anyway', () => {
    expect(priceOfMoney([[rich, plain]], 5)).toBe(0)
    expect(priceOfMoney([], 1)).toBe(0)
  })

  it('is what the dearer one is worth for its money, where that must not be taken', () => {
    expect(priceOfMoney([[rich, plain]], 1)).toBeCloseTo(0.05 / 3.5, 4)
  })

  it('never falls when the plan does', () => {
    fc.assert(
      fc.property(options, fc.double({ min: 0.1, max: 5, noNaN: true }), (requests, plan) => {
        expect(priceOfMoney(requests, plan / 2)).toBeGreaterThanOrEqual(
          priceOfMoney(requests, plan),
        )
      }),
    )
  })
})

describe('the credit', () => {
  it('covers a dear request once enough was saved', () => {
    const pacer = newPacer()
    expect(affordable(pacer, 50, 100, 10)).toBe(false)
    for (let request = 0; request < 10; request++) pay(pacer, 1, 10)
    expect(affordable(pacer, 50, 100, 10)).toBe(true)
  })

  it('lets nothing but the cheapest add to a debt', () => {
    const pacer = newPacer()
    pay(pacer, 500, 10)
    expect(affordable(pacer, 5, 50, 10)).toBe(false)
    for (let request = 0; request < 5; request++) pay(pacer, 0, 10)
    expect(affordable(pacer, 5, 50, 10)).toBe(true)
    expect(affordable(pacer, 20, 40, 10)).toBe(false)
  })
})

describe('a budget', () => {
  const budget = 1_000
  const targets = ['cheap', 'middle', 'dear']

  it('is not overspent by more than 0.5 % and what its dearest requests cost', () => {
    const costs = fc.array(
      fc.record({
        cheap: fc.nat(200),
        middle: fc.integer({ min: 300, max: 5 * budget }),
        dear: fc.integer({ min: 300, max: 40 * budget }),
        reward: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 50, maxLength: 150 },
    )
    fc.assert(
      fc.property(costs, fc.integer(), (turns, seed) => {
        const bandit = createBandit()
        const settings = settingsWith({ budgetNanoUsdPerRequest: budget, exploration: 0.5 })
        const listed = [
          { target: 'cheap', costNanoUsd: 1 },
          // What the prices promise may be far from what the bills say.
          { target: 'middle', costNanoUsd: budget / 2 },
          { target: 'dear', costNanoUsd: budget / 2 },
        ]
        let spent = 0
        let dearest = 0
        let second = 0
        for (const [turn, cost] of turns.entries()) {
          const request = asking(`turn ${turn}`)
          const judgements = bandit.judge(request, listed, settings, seed + turn)
          const target = targets[winner(judgements)] ?? 'cheap'
          const paid = target === 'cheap' ? cost.cheap : target === 'dear' ? cost.dear : cost.middle
          const reward = target === 'cheap' ? 0 : cost.reward
          const terms = { settings, choices: targets }
          bandit.learn(featuresOf(request), [lesson(target, reward, paid)], terms)
          spent += paid
          if (paid > dearest) [dearest, second] = [paid, dearest]
          else second = Math.max(second, paid)
          const allowed = 1.005 * budget * (turn + 1) + dearest + second
          expect(spent).toBeLessThanOrEqual(allowed)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is used where it buys something', () => {
    const bandit = createBandit()
    const settings = settingsWith({ budgetNanoUsdPerRequest: budget, exploration: 0.1 })
    const turns = 1_500
    let spent = 0
    let dear = 0
    for (let turn = 0; turn < turns; turn++) {
      const request = asking(`turn ${turn}`)
      const judgements = bandit.judge(request, choicesOf(['cheap', 'dear'], null), settings, turn)
      const target = winner(judgements) === 0 ? 'cheap' : 'dear'
      const paid = target === 'cheap' ? 100 : 4_000
      const terms = { settings, choices: ['cheap', 'dear'] }
      bandit.learn(featuresOf(request), [lesson(target, paid === 100 ? 0.5 : 0.9, paid)], terms)
      spent += paid
      if (target === 'dear') dear++
    }
    expect(spent / turns).toBeLessThanOrEqual(1.005 * budget)
    expect(spent / turns).toBeGreaterThan(0.9 * budget)
    // All the money there is buys (1,000 - 100) / (4,000 - 100) of the requests.
    expect(dear / turns).toBeGreaterThan(0.2)
  })
})
