import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../../../src/core/limits/estimate.ts'
import { metrics } from '../../../../src/core/limits/limit.ts'
import { amountToBorrow, leastToBorrow } from '../../../../src/core/limits/to-borrow.ts'
import { aLimit } from './some-limits.ts'

const tokens = fc.integer({ min: 0, max: 1_000_000 })
const anyEstimate: fc.Arbitrary<Estimate> = fc
  .record({
    inputTokens: tokens,
    outputTokens: tokens,
    moreThanExpected: fc.double({ min: 0, max: 20, noNaN: true }),
    deviation: fc.double({ min: 0, max: 3, noNaN: true }),
    seen: fc.double({ min: 0, max: 128, noNaN: true }),
  })
  .map(({ inputTokens, outputTokens, moreThanExpected, deviation, seen }) => {
    const enough = Math.ceil(outputTokens * (1 + moreThanExpected / 2))
    const most = Math.ceil(outputTokens * (1 + moreThanExpected))
    return {
      inputTokens,
      outputTokens,
      costNanoUsd: inputTokens * 1_000 + outputTokens * 10_000,
      inputVariance: (0.1 * inputTokens) ** 2,
      outputVariance: (deviation * outputTokens) ** 2,
      costVariance: (deviation * outputTokens * 10_000) ** 2,
      enoughOutputTokens: enough,
      enoughTokens: inputTokens + enough,
      enoughNanoUsd: inputTokens * 1_000 + enough * 10_000,
      mostOutputTokens: most,
      mostNanoUsd: inputTokens * 1_000 + most * 10_000,
      seen,
    }
  })

/** $0.05 of a budget: what 5,000 tokens cost, give or take `deviation` of it. */
function aReply(deviation: number, seen = 100): Estimate {
  const [output, cost] = [5_000, 5e7]
  const enough = 1 + 2 * deviation
  return {
    inputTokens: 0,
    outputTokens: output,
    costNanoUsd: cost,
    inputVariance: 0,
    outputVariance: (deviation * output) ** 2,
    costVariance: (deviation * cost) ** 2,
    enoughOutputTokens: enough * output,
    enoughTokens: enough * output,
    enoughNanoUsd: enough * cost,
    mostOutputTokens: 128_000,
    mostNanoUsd: 1.28e9,
    seen,
  }
}

function dollars(amount: number) {
  return aLimit(['global'], {}, { metric: 'cost', per: 'day', amount: amount * 1e9 })
}

describe('what is borrowed', () => {
  it('is what is expected at least, whole, and fits into an empty book wherever that does', () => {
    const amount = fc.integer({ min: 1, max: 1e12 })
    fc.assert(
      fc.property(anyEstimate, fc.constantFrom(...metrics), amount, (estimate, metric, all) => {
        const limit = aLimit(['user'], {}, { metric, amount: all })
        const borrowed = amountToBorrow(limit, estimate)
        const least = leastToBorrow(limit, estimate, borrowed)
        const expected = expectedOf(metric, estimate)
        expect(Number.isInteger(borrowed) && Number.isInteger(least)).toBe(true)
        expect(borrowed).toBeGreaterThanOrEqual(expected)
        if (expected <= all) expect(borrowed).toBeLessThanOrEqual(all)
        expect(least).toBeLessThanOrEqual(borrowed)
        expect(least).toBeGreaterThanOrEqual(Math.min(borrowed, 1))
      }),
    )
  })

  it('is a quarter of the limit while nothing is known, and less with every reply', () => {
    const limit = dollars(1)
    expect(amountToBorrow(limit, aReply(0.2, 0))).toBe(0.25e9)
    expect(amountToBorrow(limit, aReply(0.2, 1))).toBe(0.2e9)
    expect(amountToBorrow(limit, aReply(0.2, 6))).toBe(0.1e9)
  })

  it('is no more than the reply can be, known or not', () => {
    const bounded = { ...aReply(0.2, 0), mostNanoUsd: 6e7 }
    expect(amountToBorrow(dollars(1), bounded)).toBe(6e7)
  })

  it('is more, by request, where few of them fill the limit', () => {
    const reply = aReply(0.2)
    const [one, thousand] = [dollars(1), dollars(1_000)].map((limit) =>
      amountToBorrow(limit, reply),
    )
    expect(one).toBeGreaterThan(1.02 * (thousand ?? 0))
    expect(thousand).toBeLessThan(1.42 * 5e7)
  })
})

describe('what has to be left', () => {
  it('is all that is borrowed where many requests fill a limit', () => {
    const limit = dollars(100)
    const reply = aReply(0.2)
    const amount = amountToBorrow(limit, reply)
    expect(leastToBorrow(limit, reply, amount)).toBe(amount)
  })

  it('lets the last request of a budget go beyond it by less than 2 % where replies are alike', () => {
    const limit = dollars(1)
    const reply = aReply(0)
    const least = leastToBorrow(limit, reply, amountToBorrow(limit, reply))
    expect(5e7 - least).toBe(0.019e9)
  })

  it('is more, the less is known of the reply', () => {
    const limit = dollars(1)
    const leasts = [0, 0.1, 0.2, 0.4].map((deviation) => {
      const reply = aReply(deviation)
      return leastToBorrow(limit, reply, amountToBorrow(limit, reply))
    })
    expect(leasts).toEqual(leasts.toSorted((a, b) => a - b))
    expect(new Set(leasts).size).toBe(4)
  })
})

function expectedOf(metric: (typeof metrics)[number], estimate: Estimate): number {
  const { inputTokens, outputTokens, costNanoUsd } = estimate
  const expected = { inputTokens, outputTokens, tokens: inputTokens + outputTokens }
  if (metric === 'requests' || metric === 'concurrent') return 1
  return metric === 'cost' ? (costNanoUsd ?? Number.NaN) : expected[metric]
}
