import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasLengths, UsualLengths } from '../../../../src/core/limits/usual-lengths.ts'
import { seededRandom } from '../../../../src/core/random.ts'

const unbounded = Number.POSITIVE_INFINITY

/** Few enough that none of them has faded much. */
const someLengths = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 12 })

function of(lengths: Iterable<number>): UsualLengths {
  const usual = new UsualLengths()
  for (const length of lengths) usual.add(length)
  return usual
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('usual lengths', () => {
  it('know mean and variance of what was seen', () => {
    const usual = of([100, 200, 300, 100, 200, 300])
    const { mean: found, variance } = usual.cutAt(unbounded)
    expect(found).toBeCloseTo(200, -1)
    expect(Math.sqrt(variance)).toBeCloseTo(82, -1)
    expect(usual.seen).toBeCloseTo(6, 0)
  })

  it('know what they would be if no reply were longer than a bound', () => {
    const random = seededRandom(3)
    const usual = new UsualLengths()
    const lengths = Array.from({ length: 100 }, () => Math.round(1 - 300 * Math.log(1 - random())))
    for (const length of lengths) usual.add(length)
    for (const bound of [30, 150, 400, 2_000]) {
      const cut = lengths.map((length) => Math.min(length, bound))
      expect(Math.abs(usual.cutAt(bound).mean - mean(cut))).toBeLessThan(0.12 * mean(cut))
    }
  })

  it('name a length that is exceeded by no more than a given amount on average', () => {
    fc.assert(
      fc.property(someLengths, fc.integer({ min: 0, max: 1_000 }), (lengths, excess) => {
        const usual = of(lengths)
        usual.cutAt(unbounded)
        const found = usual.exceededBy(excess, unbounded)
        const beyond = mean(lengths.map((length) => Math.max(0, length - found)))
        // Newer ones weigh a little more.
        expect(beyond).toBeLessThanOrEqual(1.1 * excess + 1)
        expect(found).toBeLessThanOrEqual(Math.max(1, ...lengths) * 1.15)
      }),
    )
  })

  it('follow replies that become longer', () => {
    const usual = of([...Array<number>(500).fill(100), ...Array<number>(300).fill(400)])
    expect(usual.cutAt(unbounded).mean).toBeGreaterThan(360)
    expect(usual.seen).toBeLessThanOrEqual(128)
  })

  it('stay as exact after a hundred thousand replies', () => {
    const usual = new UsualLengths()
    for (let i = 0; i < 100_000; i++) usual.add(i % 2 === 0 ? 100 : 300)
    expect(usual.cutAt(unbounded).mean).toBeCloseTo(200, 0)
    expect(usual.seen).toBeCloseTo(128, 0)
  })

  it('take a reply that was cut off for one of the longer ones', () => {
    const usual = of(Array<number>(20).fill(2_000))
    for (let i = 0; i < 60; i++) usual.addAtLeast(16)
    expect(usual.cutAt(unbounded).mean).toBeGreaterThan(1_990)
    expect(usual.cutAt(16).mean).toBe(16)
  })

  it('take it for what it is while nothing longer is known', () => {
    const usual = new UsualLengths()
    for (let i = 0; i < 10; i++) usual.addAtLeast(16)
    expect(usual.cutAt(unbounded).mean).toBeCloseTo(16)
  })

  it('come back from a snapshot', () => {
    fc.assert(
      fc.property(someLengths, (lengths) => {
        const [before, after] = [of(lengths), new UsualLengths()]
        after.restore(structuredClone(before.snapshot()))
        const [old, restored] = [before.cutAt(unbounded), after.cutAt(unbounded)]
        expect(Math.abs(restored.mean - old.mean)).toBeLessThanOrEqual(0.01 * old.mean + 0.1)
        expect(after.seen).toBeCloseTo(before.seen, 1)
      }),
    )
  })

  it('take nothing odd from a snapshot', () => {
    const odd = [
      [-1, 5, 100],
      [500, 5, 100],
      [1, 'many', 1],
      [0, 1e300, 1],
      [90, 1, -4],
      [3, 0, 2],
    ]
    for (const snapshot of [null, 7, 'x', {}, [], [1], odd.flat(), [20, 5, 1e300], [[20, 5, 16]]]) {
      const usual = new UsualLengths()
      usual.restore(snapshot)
      expect(usual.seen).toBe(0)
      expect(hasLengths(snapshot)).toBe(false)
    }
  })
})
