import { describe, expect, it } from 'vitest'
import { continueWith, mayContinue } from '../../../../src/core/execute/continue-with.ts'
import type { FailureClass } from '../../../../src/core/failure.ts'
import { candidate, dead, failed, permits, plan, situation } from './situations.ts'

const prefix = { capabilities: { assistantPrefix: true } }
const able = [candidate('a/m', prefix), candidate('b/m', prefix), candidate('c/m', prefix)]
const continued = plan(able, { continuation: 'auto' })
const cut = (name: FailureClass = 'truncated', index = 0) =>
  failed(index, name, 100, { firstOutputMs: 20 })

describe('continueWith', () => {
  it.each<FailureClass>(['truncated', 'timeout', 'unreachable', 'malformed_reply', 'server_error'])(
    'asks the next target that takes a prefix after %s',
    (name) => {
      const action = continueWith(situation(continued, [cut(name)], 100))
      expect(action).toEqual({ do: 'continue', candidate: 1 })
    },
  )

  it.each<FailureClass>(['content_filtered', 'invalid_request', 'internal'])(
    'ends on %s',
    (name) => {
      expect(continueWith(situation(continued, [cut(name)], 100))).toMatchObject({
        do: 'give-up',
        failure: null,
      })
    },
  )

  it('is off unless the plan says so and a target is known to be able', () => {
    expect(mayContinue(continued)).toBe(true)
    expect(mayContinue(plan(able))).toBe(false)
    const unknown = plan([candidate('a/m'), candidate('b/m')], { continuation: 'auto' })
    expect(mayContinue(unknown)).toBe(false)
    expect(continueWith(situation(unknown, [cut()], 100))).toMatchObject({ do: 'give-up' })
  })

  it('passes over targets that are not able or not well', () => {
    const mixed = plan(
      [able[0], candidate('b/m'), able[2]].filter((one) => one !== undefined),
      {
        continuation: 'auto',
      },
    )
    expect(continueWith(situation(mixed, [cut()], 100))).toEqual({ do: 'continue', candidate: 2 })
    const allowed = permits({ vitals: { 1: dead(9_000) } })
    expect(continueWith(situation(continued, [cut()], 100, allowed))).toEqual({
      do: 'continue',
      candidate: 2,
    })
  })

  it('asks the one that lost the race against the reply', () => {
    const lost = { ...failed(1, 'timeout', 20), failure: null }
    expect(continueWith(situation(continued, [cut(), lost], 100))).toEqual({
      do: 'continue',
      candidate: 1,
    })
  })

  it('asks no target more often than its retries allow', () => {
    const twice = [failed(1, 'overloaded', 10), failed(1, 'overloaded', 15)]
    expect(continueWith(situation(continued, [...twice, cut()], 100))).toEqual({
      do: 'continue',
      candidate: 2,
    })
  })

  it('asks the same target when it stands alone and the connection broke', () => {
    const lone = plan(able.slice(0, 1), { continuation: 'auto' })
    expect(continueWith(situation(lone, [cut()], 100))).toEqual({ do: 'continue', candidate: 0 })
    expect(continueWith(situation(lone, [cut('timeout')], 100))).toMatchObject({ do: 'give-up' })
    const twice = [cut(), failed(0, 'truncated', 200, { firstOutputMs: 150 })]
    expect(continueWith(situation(lone, twice, 200))).toMatchObject({ do: 'give-up' })
  })

  it('shows the failure that broke the reply off when nobody could continue it', () => {
    const original = cut()
    const pair = plan(able.slice(0, 2), { continuation: 'auto' })
    const rejected = [original, failed(1, 'invalid_request', 150)]
    expect(continueWith(situation(pair, rejected, 150))).toMatchObject({
      do: 'give-up',
      failure: original.failure,
    })
  })

  it('continues twice at most, and not what was filtered', () => {
    const four = plan([...able, candidate('d/m', prefix)], { continuation: 'auto' })
    const once = [cut(), failed(1, 'truncated', 150, { firstOutputMs: 120 })]
    expect(continueWith(situation(four, once, 150))).toEqual({ do: 'continue', candidate: 2 })
    const twice = [...once, failed(2, 'truncated', 200, { firstOutputMs: 170 })]
    expect(continueWith(situation(four, twice, 200))).toMatchObject({ do: 'give-up' })
    const filtered = [cut(), failed(1, 'content_filtered', 150)]
    expect(continueWith(situation(four, filtered, 150))).toMatchObject({ do: 'give-up' })
  })

  it('keeps to the retry budget and the deadline', () => {
    const frugal = permits({ retry: false })
    expect(continueWith(situation(continued, [cut()], 100, frugal))).toMatchObject({
      do: 'give-up',
    })
    const late = plan(able, { continuation: 'auto', deadlineMs: 90 })
    expect(continueWith(situation(late, [cut()], 100))).toMatchObject({ do: 'give-up' })
  })
})
