import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashSeed, seededRandom } from '../../../src/core/random.ts'

describe('seeded randomness', () => {
  it('repeats itself for a seed, within [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [first, second] = [seededRandom(seed), seededRandom(seed)]
        for (let count = 0; count < 20; count++) {
          const value = first()
          expect(value).toBe(second())
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThan(1)
        }
      }),
    )
  })

  it('spreads evenly', () => {
    const random = seededRandom(1)
    const counts = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 10_000; draw++) {
      const bucket = Math.floor(random() * 10)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('hashes as FNV-1a does', () => {
    expect(hashSeed('')).toBe(0x811c9dc5)
    expect(hashSeed('a')).toBe(0xe40c292c)
    expect(hashSeed('foobar')).toBe(0xbf9cf968)
  })
})
