import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absorb, amend, dot, leverage, newSums, solve } from '../../../../src/core/learn/ridge.ts'
import { seededRandom } from '../../../../src/core/random.ts'

const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 })

describe('ridge regression', () => {
  it('finds the weights that made the outputs', () => {
    const random = seededRandom(1)
    const truth = Float64Array.of(0.5, -0.3, 0.2, 0)
    const sums = newSums(4, 1)
    for (let lesson = 0; lesson < 2_000; lesson++) {
      const features = Float64Array.from({ length: 4 }, () => random() * 2 - 1)
      absorb(sums, features, [dot(truth, features) + 0.1 * (random() - 0.5)], 1)
    }
    const [found] = solve(sums, 1, [null]).weights
    for (const [at, value] of truth.entries()) expect(found?.[at]).toBeCloseTo(value, 1)
  })

  it('stays with the prior where nothing was learned', () => {
    const prior = Float64Array.of(1, 2, 3, 4)
    const [weights] = solve(newSums(4, 1), 5, [prior]).weights
    for (const [at, value] of prior.entries()) expect(weights?.[at]).toBeCloseTo(value, 9)
  })

  it('solves its equation: (A + s)w = b + s·prior', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(vector, fc.double({ min: -1, max: 1, noNaN: true })), { maxLength: 30 }),
        vector,
        (lessons, prior) => {
          const sums = newSums(4, 1)
          for (const [features, output] of lessons) {
            absorb(sums, Float64Array.from(features), [output], 0.99)
          }
          const [weights] = solve(sums, 2, [Float64Array.from(prior)]).weights
          for (let row = 0; row < 4; row++) {
            let left = 2 * (weights?.[row] ?? 0)
            for (let column = 0; column < 4; column++) {
              const [high, low] = row > column ? [row, column] : [column, row]
              left += (sums.products[(high * (high + 1)) / 2 + low] ?? 0) * (weights?.[column] ?? 0)
            }
            expect(left).toBeCloseTo((sums.targets[0]?.[row] ?? 0) + 2 * (prior[row] ?? 0), 6)
          }
        },
      ),
    )
  })

  it('amends a lesson as if it had been learned so', () => {
    const features = Float64Array.of(1, 0.5, -1, 2)
    const amended = newSums(4, 2)
    absorb(amended, features, [0.2, 1], 1)
    amend(amended, features, 0, 0.5)
    const direct = newSums(4, 2)
    absorb(direct, features, [0.7, 1], 1)
    for (const [output, target] of amended.targets.entries()) {
      for (const [row, value] of target.entries()) {
        expect(value).toBeCloseTo(direct.targets[output]?.[row] ?? Number.NaN, 12)
      }
    }
  })

  it('is less sure of what it has not seen, and surer with each lesson', () => {
    const sums = newSums(2, 1)
    const seen = Float64Array.of(1, 0)
    const unseen = Float64Array.of(0, 1)
    let before = leverage(solve(sums, 1, [null]), seen)
    expect(before).toBeCloseTo(1)
    for (let lesson = 0; lesson < 10; lesson++) {
      absorb(sums, seen, [1], 1)
      const now = leverage(solve(sums, 1, [null]), seen)
      expect(now).toBeLessThan(before)
      before = now
    }
    expect(leverage(solve(sums, 1, [null]), unseen)).toBeCloseTo(1)
  })
})
