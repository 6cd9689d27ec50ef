import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from '../../../src/core/execute/backoff.ts'

const retry = { attempts: 5, backoffMs: 100, maxBackoffMs: 2_000 }

describe('backoffMs', () => {
  it.each([
    [1, 50],
    [2, 100],
    [3, 200],
    [5, 800],
    [6, 1_000],
    [50, 1_000],
    [5_000, 1_000],
  ])('after %i attempts draws half of the bound at 0.5', (attempts, expected) => {
    expect(backoffMs(retry, attempts, 0.5)).toBe(expected)
  })

  it('lies between nothing and the configured most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (first, most, attempts, random) => {
          const wait = backoffMs(
            { attempts: 9, backoffMs: first, maxBackoffMs: most },
            attempts,
            random,
          )
          expect(wait).toBeGreaterThanOrEqual(0)
          expect(wait).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  it('spreads over the whole range, so that clients do not return in step', () => {
    expect(backoffMs(retry, 3, 0)).toBe(0)
    expect(backoffMs(retry, 3, 0.999)).toBeGreaterThan(399)
  })
})
