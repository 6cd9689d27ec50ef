import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttemptState, nextAction } from '../../../src/core/execute/next-action.ts'
import { type FailureClass, failure, failureClasses } from '../../../src/core/failure.ts'
import { aPlan } from './plans.ts'

function failed(
  candidate: number,
  name: FailureClass,
  endedMs = 0,
  retryAfterMs: number | null = null,
) {
  return { candidate, endedMs, failure: failure(name, name, { retryAfterMs }) }
}

describe('nextAction', () => {
  const plan = aPlan(['a/m', 'b/m'])

  it('begins with the first candidate', () => {
    expect(nextAction(plan, [], 0, 0.5)).toEqual({ do: 'send', candidate: 0 })
  })

  it('asks the same target again after a server error, within the jittered backoff', () => {
    const attempts = [failed(0, 'server_error', 40)]
    expect(nextAction(plan, attempts, 40, 0.5)).toEqual({ do: 'wait', untilMs: 90, candidate: 0 })
    expect(nextAction(plan, attempts, 90, 0.5)).toEqual({ do: 'send', candidate: 0 })
    expect(nextAction(plan, [...attempts, failed(0, 'server_error', 95)], 95, 0.5)).toEqual({
      do: 'send',
      candidate: 1,
    })
  })

  it.each<FailureClass>(['provider_rate_limited', 'timeout', 'provider_auth', 'malformed_reply'])(
    'leaves a target at once on %s',
    (name) => {
      expect(nextAction(plan, [failed(0, name)], 0, 0)).toEqual({ do: 'send', candidate: 1 })
    },
  )

  it.each<FailureClass>(['invalid_request', 'content_filtered', 'cancelled'])(
    'stops on %s',
    (name) => {
      expect(nextAction(plan, [failed(0, name)], 0, 0)).toEqual({ do: 'give-up' })
    },
  )

  it('waits for the only target when it says for how long, and never shorter', () => {
    const alone = aPlan(['a/m'])
    const attempts = [failed(0, 'provider_rate_limited', 100, 2_000)]
    expect(nextAction(alone, attempts, 100, 0.9)).toEqual({
      do: 'wait',
      untilMs: 2_100,
      candidate: 0,
    })
    const tooLong = [failed(0, 'provider_rate_limited', 100, 60_000)]
    expect(nextAction(alone, tooLong, 100, 0.9)).toEqual({ do: 'give-up' })
  })

  it('does not wait past the deadline of the client', () => {
    const alone = { ...aPlan(['a/m']), deadlineMs: 1_000 }
    const attempts = [failed(0, 'provider_rate_limited', 100, 2_000)]
    expect(nextAction(alone, attempts, 100, 0.9)).toEqual({ do: 'give-up' })
  })

  it('does not ask a silent target twice', () => {
    expect(nextAction(aPlan(['a/m']), [failed(0, 'timeout')], 0, 0)).toEqual({ do: 'give-up' })
  })

  it('comes to an end with every target asked no more often than allowed, whatever fails', () => {
    const classes = Object.keys(failureClasses) as FailureClass[]
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.tuple(fc.constantFrom(...classes), fc.option(fc.nat(20_000)))),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (targets, perTarget, failures, draws) => {
          const names = Array.from({ length: targets }, (_, index) => `p${index}/m`)
          const wide = aPlan(names, { attempts: perTarget, backoffMs: 100, maxBackoffMs: 2_000 })
          const attempts: AttemptState[] = []
          let nowMs = 0
          for (;;) {
            const action = nextAction(wide, attempts, nowMs, draws.next().value ?? 0)
            if (action.do === 'give-up') break
            if (action.do === 'wait') {
              expect(action.untilMs).toBeGreaterThanOrEqual(nowMs)
              nowMs = action.untilMs
            }
            nowMs += 10
            const [name, retryAfterMs] = failures.next().value ?? ['internal', null]
            attempts.push(failed(action.candidate, name, nowMs, retryAfterMs))
            expect(attempts.length).toBeLessThanOrEqual(targets * perTarget)
          }
          for (const [index] of names.entries()) {
            const made = attempts.filter(({ candidate }) => candidate === index).length
            expect(made).toBeLessThanOrEqual(perTarget)
          }
        },
      ),
    )
  })
})
