import { describe, expect, it } from 'vitest'
import { amountOf } from '../../../../src/core/limits/amount-of.ts'
import { chargesOf, needsPrice } from '../../../../src/core/limits/charges-of.ts'
import type { Estimate } from '../../../../src/core/limits/estimate.ts'
import { type Binding, metrics } from '../../../../src/core/limits/limit.ts'
import { aLimit } from './some-limits.ts'

const estimate: Estimate = {
  inputTokens: 10,
  outputTokens: 20,
  costNanoUsd: 3_000,
  inputVariance: 0,
  outputVariance: 0,
  costVariance: 0,
  enoughOutputTokens: 20,
  enoughTokens: 30,
  enoughNanoUsd: 3_000,
  mostOutputTokens: 20,
  mostNanoUsd: 3_000,
  seen: 100,
}

const bindings: readonly Binding[] = metrics.map((metric) => ({
  limit: aLimit(['user'], {}, { metric, amount: 1_000_000 }),
  subject: 'user:alice',
}))

const withoutCost = bindings.filter(({ limit }) => limit.metric !== 'cost')

describe('charges', () => {
  it('are what a request that holds no surprises takes of each measure', () => {
    const charges = chargesOf(bindings, estimate)
    expect(charges.map(({ limit, amount }) => [limit.metric, amount])).toEqual([
      ['requests', 1],
      ['inputTokens', 10],
      ['outputTokens', 20],
      ['tokens', 30],
      ['cost', 3_000],
      ['concurrent', 1],
    ])
    expect(charges.every(({ least, amount }) => least <= amount)).toBe(true)
    expect(charges.map(({ subject }) => subject)).toEqual(bindings.map(({ subject }) => subject))
  })

  it('are never free where the price is not known', () => {
    const unpriced = { ...estimate, costNanoUsd: null }
    expect(needsPrice(bindings)).toBe(true)
    expect(() => chargesOf(bindings, unpriced)).toThrow('no known price')
    expect(needsPrice(withoutCost)).toBe(false)
    expect(chargesOf(withoutCost, unpriced)).toHaveLength(5)
  })
})

it('the amount of a measure is null where only the price could tell it', () => {
  const amounts = { inputTokens: 7, outputTokens: 5, costNanoUsd: null }
  expect(metrics.map((metric) => amountOf(metric, amounts))).toEqual([1, 7, 5, 12, null, 1])
})
