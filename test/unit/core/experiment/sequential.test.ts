import { describe, expect, it } from 'vitest'
import {
  type ArmResults,
  noResults,
  withOutcome,
} from '../../../../src/core/experiment/arm-results.ts'
import { compareArms } from '../../../../src/core/experiment/compare.ts'
import { noMoments, varianceOfMean, withValue } from '../../../../src/core/experiment/moments.ts'
import { regressionOf } from '../../../../src/core/experiment/regression.ts'
import { differenceAtAnyTime } from '../../../../src/core/experiment/sequential.ts'
import { seededRandom } from '../../../../src/core/random.ts'
import { usualRollback } from './splits.ts'

describe('the interval of a difference', () => {
  it('is that of the confidence sequence as published', () => {
    // m = √((nρ² + 1) / (n²ρ²) · ln((nρ² + 1) / α²)) for variance 1, n = 400, α = 0.05.
    const rho = Math.sqrt(-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05)) + 1) / 10
    const n = 400
    const m = Math.sqrt(
      ((n * rho ** 2 + 1) / (n ** 2 * rho ** 2)) * Math.log((n * rho ** 2 + 1) / 0.05 ** 2),
    )
    const { low, high } = differenceAtAnyTime(0.3, 1 / n, n, 0.05)
    expect(high - 0.3).toBeCloseTo(m, 12)
    expect(0.3 - low).toBeCloseTo(m, 12)
  })
})

describe('moments', () => {
  it('are those of the numbers', () => {
    const values = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]
    const moments = values.reduce(withValue, noMoments)
    expect(moments.mean).toBe(1e9 + 10)
    expect(varianceOfMean(moments)).toBeCloseTo(30 / 4, 9)
    expect(varianceOfMean(withValue(noMoments, 3))).toBe(Number.POSITIVE_INFINITY)
  })
})

/** A world in which requests fail and take time at random; both arms draw from it one after the other. */
interface World {
  readonly errorRate: number
  /** Of ln ms. */
  readonly meanLog: number
  readonly deviation: number
}

const usual: World = { errorRate: 0.02, meanLog: 7, deviation: 0.6 }

function outcomeIn(world: World, random: () => number) {
  if (random() < world.errorRate) return { failed: true, latencyMs: null, costNanoUsd: null }
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const latencyMs = Math.exp(world.meanLog + world.deviation * normal)
  return { failed: false, latencyMs, costNanoUsd: Math.round(latencyMs * 1_000) }
}

interface Run {
  readonly seed: number
  readonly arm: World
  readonly control: World
  readonly share: number
  readonly most: number
}

/** Requests until `stops` says so, looked at after every single one; null when it never does. */
function requestsUntil(
  { seed, arm, control, share, most }: Run,
  stops: (own: ArmResults, other: ArmResults) => boolean,
): number | null {
  const random = seededRandom(seed)
  let [own, other] = [noResults, noResults]
  for (let requests = 1; requests <= most; requests++) {
    if (random() < share) own = withOutcome(own, outcomeIn(arm, random))
    else other = withOutcome(other, outcomeIn(control, random))
    if (stops(own, other)) return requests
  }
  return null
}

const strict = { ...usualRollback, errors: 0, latency: 0, cost: 0 }
const rollsBack = (own: ArmResults, other: ArmResults) => regressionOf(own, other, strict) !== null

describe('looking after every request', () => {
  it.each([
    { share: 0.5, runs: 5_000, most: 400 },
    { share: 0.1, runs: 1_000, most: 2_000 },
  ])(
    'rolls back at most 5 % of arms that are no worse ($share of traffic)',
    ({ share, runs, most }) => {
      let wrong = 0
      for (let seed = 0; seed < runs; seed++) {
        const run = { seed, arm: usual, control: usual, share, most }
        if (requestsUntil(run, rollsBack) !== null) wrong++
      }
      expect(wrong / runs).toBeLessThanOrEqual(0.05)
    },
  )

  it('needs at most 60 % of the samples of a fixed test when the effect is twice its smallest', () => {
    // A two-sided z-test with 5 % and 80 % for a difference of δ standard deviations takes
    // 2 · (1.96 + 0.84)² / δ² requests of each arm.
    const smallest = 0.2
    const fixed = (4 * (1.96 + 0.84) ** 2) / smallest ** 2
    const slower = { ...usual, meanLog: usual.meanLog + 2 * smallest * usual.deviation }
    const runs = 400
    let total = 0
    for (let seed = 0; seed < runs; seed++) {
      const run = { seed, arm: slower, control: usual, share: 0.5, most: 2 * fixed }
      const needed = requestsUntil(run, (own, other) => {
        if (Math.min(own.requests, other.requests) < 30) return false
        return (compareArms(own, other).latency?.low ?? 0) > 0
      })
      total += needed ?? 2 * fixed
    }
    expect(total / runs / fixed).toBeLessThanOrEqual(0.6)
  })

  it('finds an arm that always fails at once, and one that fails often soon', () => {
    const at = (errorRate: number, seed: number) =>
      requestsUntil(
        { seed, arm: { ...usual, errorRate }, control: usual, share: 0.1, most: 5_000 },
        (own, other) => regressionOf(own, other, usualRollback) !== null,
      ) ?? 5_000
    for (let seed = 0; seed < 20; seed++) {
      expect(at(1, seed)).toBeLessThan(500)
      expect(at(0.3, seed)).toBeLessThan(1_500)
    }
  })

  it('leaves an arm alone that is worse by less than is allowed', () => {
    const slightly = { errorRate: 0.025, meanLog: usual.meanLog + 0.1, deviation: usual.deviation }
    let wrong = 0
    for (let seed = 0; seed < 300; seed++) {
      const run = { seed, arm: slightly, control: usual, share: 0.3, most: 1_000 }
      const worse = (own: ArmResults, other: ArmResults) =>
        regressionOf(own, other, usualRollback) !== null
      if (requestsUntil(run, worse) !== null) wrong++
    }
    expect(wrong / 300).toBeLessThanOrEqual(0.05)
  })
})
