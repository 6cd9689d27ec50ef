import { describe, expect, it } from 'vitest'
import { SuccessRate } from '../../../../src/core/health/success-rate.ts'

/** 75 of 100 calls succeeded, one every 100 ms, the last at 9,900. */
function failing(): SuccessRate {
  const rate = new SuccessRate()
  for (let call = 0; call < 100; call++) {
    rate.sent(call * 100)
    rate.add(call % 4 === 0, call * 100)
  }
  return rate
}

describe('the success rate of a target that fails', () => {
  it('stands while it is asked', () => {
    expect(failing().rate(9_900)).toBeCloseTo(0.75, 1)
    expect(failing().rate(19_000)).toBeCloseTo(0.75, 1)
  })

  it('is doubted when nobody asks, until somebody does', () => {
    const rate = failing()
    expect(rate.rate(30_000)).toBeGreaterThan(0.8)
    rate.sent(30_000)
    expect(rate.rate(30_001)).toBeLessThan(0.8)
    rate.add(true, 30_100)
    expect(rate.rate(30_200)).toBeLessThan(0.8)
  })

  it('is forgiven what was doubted when that request goes well', () => {
    const rate = failing()
    rate.sent(30_000)
    rate.sent(30_001)
    rate.add(false, 30_100)
    expect(rate.rate(30_200)).toBeGreaterThan(0.8)
  })
})
