import { describe, expect, it } from 'vitest'
import { costNanoUsd, freePrice, nanoUsdPerToken } from '../../../src/core/account/price.ts'
import { noUsage } from '../../../src/core/reply.ts'

describe('nanoUsdPerToken', () => {
  it.each([
    [0.07, 70],
    [0.1, 100],
    [2.5, 2500],
    [0.0375, 37.5],
    [0.018125, 18.125],
    [0, 0],
  ])('$%d per million tokens is %d', (usdPerMillion, nanoUsd) => {
    expect(nanoUsdPerToken(usdPerMillion)).toBe(nanoUsd)
  })

  it('costs nothing beside the price', () => {
    const price = { ...freePrice, inputNanoUsd: nanoUsdPerToken(0.07) }
    expect(costNanoUsd({ ...noUsage, inputTokens: 1000 }, price)).toBe(70_000)
  })
})
