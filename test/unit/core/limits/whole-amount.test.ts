import { describe, expect, it } from 'vitest'
import { actualAmount, takenAmount } from '../../../../src/core/limits/whole-amount.ts'

describe('amounts', () => {
  it('are whole, for sums of them to be exact', () => {
    expect(takenAmount(1.2)).toBe(2)
    expect(takenAmount(7)).toBe(7)
    expect(actualAmount(0.1, 5)).toBe(1)
  })

  it('are none where they are no amount', () => {
    for (const odd of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(takenAmount(odd)).toBe(0)
  })

  it('stay what was borrowed where what was used cannot be true', () => {
    for (const odd of [-1, -1e18, Number.NaN]) expect(actualAmount(odd, 500)).toBe(500)
  })

  it('have an end, and all that is reported beyond is that', () => {
    expect(actualAmount(1e18, 5)).toBe(actualAmount(Number.POSITIVE_INFINITY, 5))
    expect(actualAmount(1e18, 5)).toBeLessThan(1e13)
    expect(actualAmount(1e15, 9e14)).toBe(9e14)
    expect(actualAmount(2e14, 9e14)).toBe(2e14)
  })
})
