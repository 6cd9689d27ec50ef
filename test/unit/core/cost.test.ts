import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costNanoUsd, freePrice, nanoUsdPerToken } from '../../../src/core/account/price.ts'
import { noUsage, type Usage } from '../../../src/core/reply.ts'

const price = {
  inputNanoUsd: 2_500,
  cachedInputNanoUsd: 250,
  cacheWriteNanoUsd: 3_125,
  outputNanoUsd: 10_000,
  requestNanoUsd: 7,
}
const usage: Usage = {
  inputTokens: 1_000,
  cachedInputTokens: 600,
  cacheWriteTokens: 100,
  outputTokens: 20,
  reasoningTokens: 15,
}

describe('costNanoUsd', () => {
  it('prices plain, cached and written input apart, output and request on top', () => {
    const expected = 300 * 2_500 + 600 * 250 + 100 * 3_125 + 20 * 10_000 + 7
    expect(costNanoUsd(usage, price)).toBe(expected)
  })

  it('is not known where the price is not, and nothing where it is free', () => {
    expect(costNanoUsd(usage, null)).toBeNull()
    expect(costNanoUsd(usage, freePrice)).toBe(0)
  })

  it('has the price of the request even without tokens', () => {
    expect(costNanoUsd(noUsage, price)).toBe(7)
  })

  it('is not lowered by more cached tokens than input', () => {
    const odd = { ...noUsage, inputTokens: 10, cachedInputTokens: 50 }
    expect(costNanoUsd(odd, { ...price, requestNanoUsd: 0 })).toBe(50 * 250)
  })

  it('is exact to the nano-dollar, rounded up, for every price and usage', () => {
    // Picodollars per token: whole numbers that prices in dollars per million tokens may be.
    const pico = fc.oneof(fc.nat(2_000), fc.nat(50_000_000))
    const tokens = fc.oneof(
      fc.nat(2_000),
      fc.nat(200).map((n) => n * 1_000),
      fc.nat(2_000_000),
    )
    fc.assert(
      fc.property(
        fc.tuple(pico, pico, pico, pico),
        fc.tuple(tokens, tokens, tokens, tokens),
        (prices, counts) => {
          const [input, cached, write, output] = prices.map((one) => nanoUsdPerToken(one / 1e6))
          const [plain, read, written, produced] = counts
          const cost = costNanoUsd(
            {
              inputTokens: plain + read + written,
              cachedInputTokens: read,
              cacheWriteTokens: written,
              outputTokens: produced,
              reasoningTokens: 0,
            },
            {
              inputNanoUsd: input ?? 0,
              cachedInputNanoUsd: cached ?? 0,
              cacheWriteNanoUsd: write ?? 0,
              outputNanoUsd: output ?? 0,
              requestNanoUsd: 0,
            },
          )
          const exact = prices.reduce(
            (sum, one, index) => sum + BigInt(one) * BigInt(counts[index] ?? 0),
            0n,
          )
          expect(BigInt(cost ?? -1)).toBe((exact + 999n) / 1_000n)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
