import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  costNanoUsd,
  estimateNanoUsd,
  freePrice,
  type Price,
} from '../../../../src/core/account/price.ts'
import { plausibleUsage } from '../../../../src/core/plausible-usage.ts'
import { noUsage, type Usage } from '../../../../src/core/reply.ts'

const flat: Price = {
  inputNanoUsd: 1_000,
  cachedInputNanoUsd: 100,
  cacheWriteNanoUsd: 1_250,
  outputNanoUsd: 5_000,
  requestNanoUsd: 0,
}

const tiered: Price = {
  ...flat,
  tiers: [
    {
      aboveInputTokens: 200,
      inputNanoUsd: 2_000,
      cachedInputNanoUsd: 200,
      cacheWriteNanoUsd: 2_500,
      outputNanoUsd: 7_500,
    },
    {
      aboveInputTokens: 500,
      inputNanoUsd: 4_000,
      cachedInputNanoUsd: 400,
      cacheWriteNanoUsd: 5_000,
      outputNanoUsd: 9_000,
    },
  ],
}

const usage = (given: Partial<Usage>): Usage => ({ ...noUsage, ...given })

describe('tiers', () => {
  it.each([
    [200, 10, 200 * 1_000 + 10 * 5_000],
    [201, 10, 201 * 2_000 + 10 * 7_500],
    [500, 0, 500 * 2_000],
    [501, 1, 501 * 4_000 + 9_000],
    [0, 7, 7 * 5_000],
  ])('%d in, %d out: %d', (inputTokens, outputTokens, expected) => {
    expect(costNanoUsd(usage({ inputTokens, outputTokens }), tiered)).toBe(expected)
    expect(estimateNanoUsd(inputTokens, outputTokens, tiered)).toBe(expected)
  })

  it('cached tokens count for the size and cost their own rate of the tier', () => {
    const given = usage({ inputTokens: 300, cachedInputTokens: 250, cacheWriteTokens: 20 })
    expect(costNanoUsd(given, tiered)).toBe(30 * 2_000 + 250 * 200 + 20 * 2_500)
  })

  it('cost grows with every token', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (input, output) => {
        const cost = estimateNanoUsd(input, output, tiered) ?? 0
        expect(estimateNanoUsd(input + 1, output, tiered)).toBeGreaterThan(cost)
        expect(estimateNanoUsd(input, output + 1, tiered)).toBeGreaterThan(cost)
      }),
    )
  })
})

describe('tokens billed apart', () => {
  const price: Price = {
    ...flat,
    longCacheWriteNanoUsd: 2_000,
    reasoningNanoUsd: 3_000,
    inputAudioNanoUsd: 32_000,
    inputImageNanoUsd: 8_000,
    outputAudioNanoUsd: 64_000,
    outputImageNanoUsd: 40_000,
  }

  it.each<[Partial<Usage>, number]>([
    [{ inputTokens: 100, inputAudioTokens: 40 }, 60 * 1_000 + 40 * 32_000],
    [{ inputTokens: 100, inputImageTokens: 30 }, 70 * 1_000 + 30 * 8_000],
    [{ outputTokens: 50, outputAudioTokens: 20 }, 30 * 5_000 + 20 * 64_000],
    [{ outputTokens: 50, outputImageTokens: 50 }, 50 * 40_000],
    [{ outputTokens: 50, reasoningTokens: 20 }, 30 * 5_000 + 20 * 3_000],
    [
      { inputTokens: 100, cacheWriteTokens: 60, longCacheWriteTokens: 10 },
      40 * 1_000 + 50 * 1_250 + 10 * 2_000,
    ],
  ])('%j', (given, expected) => {
    expect(costNanoUsd(usage(given), price)).toBe(expected)
  })

  it('cost what their kind costs where the price says nothing', () => {
    const given = usage({
      inputTokens: 100,
      inputAudioTokens: 40,
      inputImageTokens: 10,
      outputTokens: 50,
      reasoningTokens: 10,
      outputAudioTokens: 20,
    })
    expect(costNanoUsd(given, flat)).toBe(100 * 1_000 + 50 * 5_000)
  })

  it('never cost more than all tokens at the dearest rate, whatever a provider reports', () => {
    const count = fc.nat(500)
    const reported = fc.record({
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
    })
    fc.assert(
      fc.property(reported, (given) => {
        const kept = plausibleUsage(given)
        if (kept === null) throw new Error('not plausible')
        const cost = costNanoUsd(kept, price) ?? -1
        expect(cost).toBeGreaterThanOrEqual(0)
        expect(cost).toBeLessThanOrEqual(given.inputTokens * 32_000 + given.outputTokens * 64_000)
      }),
    )
  })
})

describe('images', () => {
  it('cost their fee each', () => {
    const price = { ...freePrice, imageNanoUsd: 40_000_000 }
    expect(costNanoUsd(usage({ images: 3 }), price)).toBe(120_000_000)
  })

  it('without a fee have an unknown cost, unless they are counted in tokens', () => {
    expect(costNanoUsd(usage({ images: 1 }), flat)).toBeNull()
    expect(costNanoUsd(usage({ images: 1, outputTokens: 10 }), flat)).toBe(50_000)
  })
})

describe('an estimate', () => {
  it('has the fee of the request, and is unknown where the price is', () => {
    expect(estimateNanoUsd(10, 2, { ...flat, requestNanoUsd: 7 })).toBe(10_000 + 10_000 + 7)
    expect(estimateNanoUsd(10, 2, null)).toBeNull()
    expect(estimateNanoUsd(10, 2, freePrice)).toBe(0)
  })

  it('is whole, and never below the truth', () => {
    expect(estimateNanoUsd(3, 0, { ...flat, inputNanoUsd: 0.4 })).toBe(2)
    expect(estimateNanoUsd(100, 0, { ...flat, inputNanoUsd: 1.1 })).toBe(110)
  })
})
