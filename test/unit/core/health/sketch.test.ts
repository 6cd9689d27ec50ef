import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Sketch } from '../../../../src/core/health/sketch.ts'
import { seededRandom } from '../../../../src/core/random.ts'

describe('a sketch', () => {
  it('names any quantile of any values within 1 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.2, max: 5_000_000, noNaN: true }), {
          minLength: 1,
          maxLength: 500,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const sketch = new Sketch()
          for (const value of values) sketch.add(value, 0)
          const sorted = values.toSorted((one, other) => one - other)
          const exact = sorted[Math.max(0, Math.ceil(q * values.length) - 1)] ?? 0
          const found = sketch.distribution().quantile(q)
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.010001 * exact)
        },
      ),
    )
  })

  it('knows the share above a value', () => {
    const sketch = new Sketch()
    const random = seededRandom(7)
    for (let i = 0; i < 20_000; i++) sketch.add(-300 * Math.log(1 - random()), 0)
    const read = sketch.distribution()
    for (const value of [100, 300, 900, 1_500]) {
      expect(Math.abs(read.exceeding(value) - Math.exp(-value / 300))).toBeLessThan(0.02)
    }
    expect(read.exceeding(1e9)).toBe(0)
    expect(read.exceeding(0)).toBeCloseTo(1, 2)
  })

  it('counts a value that would have been larger as those that are', () => {
    const random = seededRandom(9)
    const whole = new Sketch()
    const cut = new Sketch()
    for (let i = 0; i < 20_000; i++) {
      const value = -300 * Math.log(1 - random())
      whole.add(value, 0)
      // Half of those that take longer are given up after 300 ms.
      if (value > 300 && i >= 1_000 && i % 2 === 0) cut.addAtLeast(300, 0)
      else cut.add(value, 0)
    }
    for (const q of [0.5, 0.9, 0.99]) {
      const exact = whole.distribution().quantile(q)
      expect(cut.distribution().quantile(q) / exact).toBeCloseTo(1, 1)
    }
    expect(cut.count).toBeCloseTo(20_000, 6)
  })

  it('takes a lower bound for the value where nothing larger is known', () => {
    const sketch = new Sketch()
    sketch.add(100, 0)
    sketch.addAtLeast(500, 0)
    expect(sketch.distribution().quantile(1) / 500).toBeCloseTo(1, 1)
  })

  it('forgets: after ten minutes of other values the old ones hardly count', () => {
    const sketch = new Sketch()
    for (let i = 0; i < 1_000; i++) sketch.add(10_000, i)
    for (let i = 0; i < 1_000; i++) sketch.add(100, 600_000 + i)
    expect(sketch.distribution().quantile(0.9)).toBeLessThan(105)
    expect(sketch.count).toBeLessThan(1_050)
  })

  it('is the same after a snapshot', () => {
    const sketch = new Sketch()
    for (let i = 1; i <= 100; i++) sketch.add(i * 10, 5_000)
    const other = new Sketch()
    other.restore(JSON.parse(JSON.stringify(sketch.snapshot(6_000))), 100)
    for (const q of [0, 0.5, 0.9, 1]) {
      expect(other.distribution().quantile(q)).toBe(sketch.distribution().quantile(q))
    }
    expect(other.count).toBe(100)
  })

  it('takes any rubbish for a snapshot', () => {
    const sketch = new Sketch()
    sketch.restore({ pairs: [1, 'x', -4, 2, 5_000, 1, 3, -1, 4, 2] }, 0)
    expect(sketch.count).toBe(2)
  })
})
