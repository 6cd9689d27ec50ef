import { describe, expect, it } from 'vitest'
import { nextAction } from '../../../../src/core/execute/next-action.ts'
import type { FailureClass } from '../../../../src/core/failure.ts'
import {
  candidate,
  cooling,
  dead,
  failed,
  permits,
  plan,
  running,
  situation,
  vitals,
} from './situations.ts'

const two = plan([candidate('a/m'), candidate('b/m')])
const one = plan([candidate('a/m')])
const gaveUp = { do: 'give-up', failure: null }

describe('nextAction', () => {
  it('begins with the first candidate', () => {
    expect(nextAction(situation(two, [], 0))).toEqual({ do: 'send', candidate: 0 })
  })

  it('makes the first attempt whatever the budget', () => {
    const allowed = permits({ retry: false })
    expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'send', candidate: 0 })
    // A target that cannot express the request was not asked: the next is still the first.
    const unfit = failed(0, 'model_not_found', 0, { sent: false })
    expect(nextAction(situation(two, [unfit], 0, allowed))).toEqual({ do: 'send', candidate: 1 })
  })

  it('asks the same target again after a server error, within the jittered backoff', () => {
    const attempts = [failed(0, 'server_error', 40)]
    expect(nextAction(situation(two, attempts, 40))).toEqual({ do: 'wait', untilMs: 90 })
    expect(nextAction(situation(two, attempts, 90))).toEqual({ do: 'send', candidate: 0 })
    const again = [...attempts, failed(0, 'server_error', 95)]
    expect(nextAction(situation(two, again, 95))).toEqual({ do: 'send', candidate: 1 })
  })

  it.each<FailureClass>(['provider_rate_limited', 'timeout', 'provider_auth', 'malformed_reply'])(
    'leaves a target at once on %s',
    (name) => {
      const action = nextAction(situation(two, [failed(0, name)], 0))
      expect(action).toEqual({ do: 'send', candidate: 1 })
    },
  )

  it.each<FailureClass>(['invalid_request', 'content_filtered', 'unauthenticated'])(
    'ends on %s, which no other target would answer better',
    (name) => {
      expect(nextAction(situation(two, [failed(0, name)], 0))).toMatchObject(gaveUp)
    },
  )

  it('asks the next target about what a filter refused, where the alias says so', () => {
    const reroutes = plan([
      candidate('a/m', { fallsThrough: ['content_filtered'] }),
      candidate('b/m'),
    ])
    const filtered = failed(0, 'content_filtered')
    expect(nextAction(situation(reroutes, [filtered], 0))).toEqual({ do: 'send', candidate: 1 })
    const both = [filtered, failed(1, 'content_filtered', 1)]
    expect(nextAction(situation(reroutes, both, 1))).toMatchObject(gaveUp)
  })

  it('waits as long as a rate limit asks, up to its patience', () => {
    const limited = (retryAfterMs: number) => [
      failed(0, 'provider_rate_limited', 5, { retryAfterMs }),
    ]
    expect(nextAction(situation(one, limited(2_000), 5))).toEqual({ do: 'wait', untilMs: 2_005 })
    expect(nextAction(situation(one, limited(2_000), 2_005))).toEqual({ do: 'send', candidate: 0 })
    expect(nextAction(situation(one, limited(60_000), 5))).toMatchObject(gaveUp)
    const patient = plan([candidate('a/m')], { deadlineMs: 90_000 })
    expect(nextAction(situation(patient, limited(60_000), 5))).toEqual({
      do: 'wait',
      untilMs: 60_005,
    })
    const hasty = plan([candidate('a/m')], { deadlineMs: 1_500 })
    expect(nextAction(situation(hasty, limited(2_000), 5))).toMatchObject(gaveUp)
  })

  it('gives up when the retry budget is used up, or the time is over', () => {
    const attempts = [failed(0, 'timeout', 20)]
    expect(nextAction(situation(two, attempts, 20, permits({ retry: false })))).toMatchObject({
      ...gaveUp,
      because: 'the retry budget is used up',
    })
    const late = plan(two.candidates, { deadlineMs: 20 })
    expect(nextAction(situation(late, attempts, 20))).toMatchObject(gaveUp)
  })

  it('says so when the time is over before anyone was asked', () => {
    const late = plan(two.candidates, { deadlineMs: 20 })
    expect(nextAction(situation(late, [], 20))).toMatchObject({
      do: 'give-up',
      failure: { class: 'timeout', message: 'No answer within the 20 ms the client allows.' },
    })
  })

  it('asks only for larger or unknown windows when a prompt is too long', () => {
    const windows = [8_000, 8_000, 128_000, null]
    const sized = plan(
      windows.map((contextWindow, index) =>
        candidate(`p${index}/m`, { capabilities: { contextWindow } }),
      ),
    )
    const first = failed(0, 'context_length_exceeded', 1)
    expect(nextAction(situation(sized, [first], 1))).toEqual({ do: 'send', candidate: 2 })
    const second = [first, failed(2, 'context_length_exceeded', 2)]
    expect(nextAction(situation(sized, second, 2))).toEqual({ do: 'send', candidate: 3 })
    const same = plan(sized.candidates.slice(0, 2))
    expect(nextAction(situation(same, [first], 1))).toMatchObject(gaveUp)
  })

  it('never repeats a half-open probe on its target', () => {
    const probe = failed(0, 'server_error', 10, { probe: true })
    expect(nextAction(situation(one, [probe], 10))).toMatchObject(gaveUp)
    expect(nextAction(situation(two, [probe], 10))).toEqual({ do: 'send', candidate: 1 })
  })

  it('never asks a target again that refused the key, whatever it said later', () => {
    const attempts = [
      failed(0, 'provider_auth', 1),
      failed(1, 'overloaded', 2),
      failed(1, 'overloaded', 3),
    ]
    expect(nextAction(situation(two, attempts, 3))).toMatchObject(gaveUp)
  })

  it('does nothing while an attempt runs or has answered', () => {
    const idle = { do: 'wait', untilMs: null }
    expect(nextAction(situation(two, [running(0)], 5))).toEqual(idle)
    expect(nextAction(situation(two, [failed(0, 'timeout', 3), running(1)], 5))).toEqual(idle)
    expect(nextAction(situation(two, [{ ...running(0), firstOutputMs: 4 }], 5))).toEqual(idle)
    const cut = failed(0, 'truncated', 9, { firstOutputMs: 4 })
    expect(nextAction(situation(two, [cut], 9))).toMatchObject(gaveUp)
  })

  it('answers with what a provider said rather than with what could not be written for another', () => {
    const told = failed(0, 'overloaded', 1)
    const attempts = [
      told,
      failed(0, 'overloaded', 2),
      failed(1, 'model_not_found', 3, { sent: false }),
    ]
    expect(nextAction(situation(two, attempts, 3))).toMatchObject({
      do: 'give-up',
      failure: { class: 'overloaded' },
    })
  })
})

describe('with targets that are not available', () => {
  it('skips one while another is left', () => {
    for (const state of [dead(5_000), cooling(5_000)]) {
      const allowed = permits({ vitals: { 0: state } })
      expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'send', candidate: 1 })
    }
  })

  it('does not repeat one whose breaker opened meanwhile', () => {
    const allowed = permits({ vitals: { 0: dead(5_000) } })
    const action = nextAction(situation(two, [failed(0, 'server_error', 10)], 10, allowed))
    expect(action).toEqual({ do: 'send', candidate: 1 })
  })

  it('takes a probe like any other target', () => {
    const allowed = permits({ vitals: { 0: vitals('a/m', { state: 'probe' }, 'half-open') } })
    expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'send', candidate: 0 })
  })

  it('waits for the soonest when all are cooling', () => {
    const allowed = permits({ vitals: { 0: cooling(4_000), 1: cooling(1_500) } })
    expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'wait', untilMs: 1_500 })
    expect(
      nextAction(situation(two, [], 1_500, permits({ vitals: { 0: cooling(4_000) } }))),
    ).toEqual({
      do: 'send',
      candidate: 1,
    })
  })

  it('asks in order all the same when the soonest is back too late', () => {
    const allowed = permits({ vitals: { 0: cooling(40_000), 1: cooling(15_000) } })
    expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'send', candidate: 0 })
  })

  it('does not hold back requests for the only target there is', () => {
    const alone = plan(two.candidates.slice(0, 1))
    const allowed = permits({ vitals: { 0: cooling(1_500) } })
    expect(nextAction(situation(alone, [], 0, allowed))).toEqual({ do: 'send', candidate: 0 })
  })

  it('asks dead ones all the same when nothing else is left, once', () => {
    const allowed = permits({ vitals: { 0: dead(5_000), 1: dead(5_000) } })
    expect(nextAction(situation(two, [], 0, allowed))).toEqual({ do: 'send', candidate: 0 })
    const after = nextAction(situation(two, [failed(0, 'server_error', 7)], 7, allowed))
    expect(after).toMatchObject(gaveUp)
  })

  it('walks all of them in panic, within the budget, and says when to come back', () => {
    const panic = plan(two.candidates, { panic: true })
    const all = { 0: dead(5_000), 1: dead(3_000) }
    const first = [failed(0, 'server_error', 7)]
    expect(nextAction(situation(panic, first, 7, permits({ vitals: all })))).toEqual({
      do: 'send',
      candidate: 1,
    })
    const frugal = permits({ vitals: all, retry: false })
    expect(nextAction(situation(panic, first, 7, frugal))).toMatchObject({
      do: 'give-up',
      failure: { class: 'no_target_available', retryAfterMs: 2_993 },
    })
  })

  it('shows the caller its own fault in panic too', () => {
    const panic = plan(one.candidates, { panic: true })
    const action = nextAction(situation(panic, [failed(0, 'invalid_request', 7)], 7))
    expect(action).toMatchObject(gaveUp)
  })
})

describe('hedging', () => {
  const hedged = plan(two.candidates, { hedge: { afterMs: 300, candidate: 1 } })

  it('sends beside the first attempt when that has shown nothing for so long', () => {
    expect(nextAction(situation(hedged, [running(0, 50)], 60))).toEqual({
      do: 'wait',
      untilMs: 350,
    })
    expect(nextAction(situation(hedged, [running(0, 50)], 350))).toEqual({
      do: 'hedge',
      candidate: 1,
    })
    const both = [running(0, 50), running(1, 350)]
    expect(nextAction(situation(hedged, both, 400))).toEqual({ do: 'wait', untilMs: null })
  })

  it('looks again while it has no budget, or the other target is not well', () => {
    const late = [running(0, 0)]
    const again = { do: 'wait', untilMs: 400 }
    expect(nextAction(situation(hedged, late, 300, permits({ hedge: false })))).toEqual(again)
    const unwell = permits({ vitals: { 1: vitals('b/m', { state: 'probe' }, 'half-open') } })
    expect(nextAction(situation(hedged, late, 300, unwell))).toEqual(again)
    expect(nextAction(situation(hedged, late, 400))).toEqual({ do: 'hedge', candidate: 1 })
  })

  it('does not hedge past the deadline', () => {
    const hasty = plan(hedged.candidates, { hedge: hedged.hedge ?? null, deadlineMs: 200 })
    const action = nextAction(situation(hasty, [running(0, 0)], 10))
    expect(action).toEqual({ do: 'wait', untilMs: null })
  })

  it('hedges no retry and no failover', () => {
    const attempts = [failed(0, 'server_error', 10), running(0, 100)]
    expect(nextAction(situation(hedged, attempts, 1_000))).toEqual({ do: 'wait', untilMs: null })
  })

  it('waits for the other when one of two fails', () => {
    const attempts = [failed(0, 'server_error', 400), running(1, 300)]
    expect(nextAction(situation(hedged, attempts, 400))).toEqual({ do: 'wait', untilMs: null })
    const refused = [failed(0, 'invalid_request', 400), running(1, 300)]
    expect(nextAction(situation(hedged, refused, 400))).toMatchObject(gaveUp)
    // What the second target cannot take the first may be answering already.
    const other = [running(0), failed(1, 'invalid_request', 400)]
    expect(nextAction(situation(hedged, other, 400))).toEqual({ do: 'wait', untilMs: null })
  })

  it('draws from no budget to ask another target for what the first could not take', () => {
    const broke = permits({ retry: false })
    for (const problem of ['context_length_exceeded', 'model_not_found'] as const) {
      const attempts = [failed(0, problem, 5)]
      expect(nextAction(situation(two, attempts, 5, broke))).toEqual({ do: 'send', candidate: 1 })
    }
    expect(nextAction(situation(two, [failed(0, 'overloaded', 5)], 5, broke))).toMatchObject(gaveUp)
  })
})
