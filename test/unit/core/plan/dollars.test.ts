import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dollars } from '../../../../src/core/plan/dollars.ts'

const plain = (nanoUsd: number) => `$${Number((nanoUsd / 1e9).toPrecision(3))}`

describe('dollars', () => {
  it('shows three digits that count', () => {
    expect(dollars(240_000)).toBe('$0.00024')
    expect(dollars(39_150)).toBe('$0.0000392')
    expect(dollars(12)).toBe('$1.2e-8')
    expect(dollars(2_345_678_901)).toBe('$2.35')
  })

  it('is what rounding to three digits makes of any amount', () => {
    const exponents = fc.double({ min: 0, max: 15, noNaN: true })
    fc.assert(
      fc.property(exponents, fc.boolean(), (exponent, whole) => {
        const amount = whole ? Math.round(10 ** exponent) : 10 ** exponent
        expect(dollars(amount)).toBe(plain(amount))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is so on the border between two roundings, and next to it', () => {
    for (let place = 10; place <= 1e7; place *= 10) {
      for (let digits = 99; digits <= 1_000; digits++) {
        for (const off of [-1, -1e-7, 0, 1e-7, 1]) {
          const amount = (digits + 0.5) * place + off
          expect(dollars(amount)).toBe(plain(amount))
        }
      }
    }
  })
})
