import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { failing, load, success, targetNamed } from './fleets.ts'

const primary = targetNamed('primary/model')
const second = targetNamed('second/model')

interface Outage {
  /** Of the first request, after the outage began. */
  readonly firstAtMs: number
  /** Between requests. */
  readonly gapsMs: readonly number[]
  readonly failsAfterMs: number
  /** Requests answered before the outage. */
  readonly before: number
}

interface Course {
  readonly served: number
  readonly requests: number
  readonly primaryAttempts: number
  readonly backAfterMs: number | null
}

const outageMs = 60_000
const backoffMs = 100

/**
 * Failover over two targets as the plan walks them: two attempts each, a failed probe is not
 * repeated.
 */
function run({ firstAtMs, gapsMs, failsAfterMs, before }: Outage): Course {
  const fleet = createFleet()
  for (let i = before; i > 0; i--) {
    const sent = fleet.sent(primary, load, -i * 3_000)
    sent.firstOutput(-i * 3_000 + 300)
    sent.ended(success(), -i * 3_000 + 1_000)
  }
  const course = { served: 0, requests: 0, primaryAttempts: 0, backAfterMs: null as number | null }
  let arrivesMs = firstAtMs
  for (const gapMs of gapsMs) {
    course.requests++
    let nowMs = arrivesMs
    for (const target of [primary, primary, second]) {
      const { state } = fleet.vitals(target).availability(nowMs)
      if (state === 'unavailable') continue
      const failsNow = target === primary && nowMs < outageMs
      if (target === primary && failsNow) course.primaryAttempts++
      const sent = fleet.sent(target, load, nowMs)
      nowMs += failsAfterMs
      if (!failsNow) {
        sent.firstOutput(nowMs)
        sent.ended(success(), nowMs + 500)
        course.served++
        if (target === primary) course.backAfterMs ??= nowMs - outageMs
        break
      }
      sent.ended(failing('server_error'), nowMs)
      nowMs += backoffMs
    }
    arrivesMs += gapMs
  }
  return course
}

const expectGood = (course: Course) => {
  expect(course.served).toBe(course.requests)
  expect(course.primaryAttempts).toBeLessThanOrEqual(6)
  expect(course.backAfterMs).not.toBeNull()
  expect(course.backAfterMs ?? Number.NaN).toBeLessThanOrEqual(10_000)
}

describe('a provider that fails for 60 s', () => {
  it.each([3_000, 3_158, 3_333, 3_500, 3_750, 3_900, 4_000])('a request every %i ms', (gapMs) => {
    for (const before of [0, 1, 3, 20]) {
      for (const failsAfterMs of [0, 5, 300]) {
        expectGood(run({ firstAtMs: 50, gapsMs: Array(25).fill(gapMs), failsAfterMs, before }))
      }
    }
  })

  it('requests at uneven intervals, the first a while into the outage', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(fc.integer({ min: 3_000, max: 4_000 }), { minLength: 26, maxLength: 26 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 30 }),
        (firstAtMs, gapsMs, failsAfterMs, before) => {
          expectGood(run({ firstAtMs, gapsMs, failsAfterMs, before }))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('under steady traffic costs one attempt in a hundred, and is over within 10 s', () => {
    const gapsMs = Array(7_500).fill(10)
    const course = run({ firstAtMs: 0, gapsMs, failsAfterMs: 5, before: 0 })
    expect(course.served).toBe(course.requests)
    expect(course.primaryAttempts).toBeLessThanOrEqual(60)
    expect(course.backAfterMs).toBeLessThanOrEqual(10_000)
  })
})
