import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../../src/core/failure.ts'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { defaultHealth, type HealthSettings } from '../../../../src/core/health/settings.ts'
import { failing, load, success, targetNamed } from './fleets.ts'

const target = targetNamed('p/m')

function rig(settings: Partial<HealthSettings> = {}) {
  const fleet = createFleet({ ...defaultHealth, ...settings })
  return {
    fleet,
    succeed(nowMs: number, tookMs = 0) {
      fleet.sent(target, load, nowMs - tookMs).ended(success(), nowMs)
    },
    fail(nowMs: number, kind: FailureClass = 'server_error') {
      fleet.sent(target, load, nowMs).ended(failing(kind), nowMs)
    },
    state: (nowMs: number) => fleet.vitals(target).breaker(nowMs),
    availability: (nowMs: number) => fleet.vitals(target).availability(nowMs),
  }
}

describe('thin traffic', () => {
  it('opens on the second failure in a row, and says why', () => {
    const { fail, state, availability } = rig()
    fail(0)
    expect(state(0)).toBe('closed')
    fail(100)
    expect(availability(100)).toEqual({
      state: 'unavailable',
      untilMs: 12_300,
      because: 'breaker open: 2 failures in a row, the last with server_error',
    })
    expect(state(12_299)).toBe('open')
    expect(availability(12_300)).toEqual({ state: 'probe' })
  })

  it('does not open while successes lie between', () => {
    const { fail, succeed, state } = rig()
    for (let i = 0; i < 4; i++) {
      fail(i * 10_000)
      succeed(i * 10_000 + 5_000)
    }
    expect(state(40_000)).toBe('closed')
  })

  it('opens when failing is almost certain, though no two failures follow each other', () => {
    const { fail, succeed, state } = rig({ consecutiveFailures: 3, failureRate: 0.3 })
    fail(0)
    fail(1)
    succeed(2)
    expect(state(2)).toBe('closed')
    fail(3)
    expect(state(3)).toBe('open')
  })
})

describe('steady traffic', () => {
  it('opens at the share of failures, not on two in a row', () => {
    const { fail, succeed, state } = rig()
    for (let i = 0; i < 10; i++) succeed(i)
    fail(10)
    fail(11)
    expect(state(11)).toBe('closed')
    for (let i = 12; i < 19; i++) fail(i)
    expect(state(19)).toBe('closed')
    fail(20)
    expect(state(20)).toBe('open')
  })

  it('does not wait for the share once ten have failed in a row', () => {
    const { fail, succeed, state } = rig()
    for (let i = 0; i < 1_000; i++) succeed(i)
    for (let i = 0; i < 9; i++) fail(1_000 + i)
    expect(state(1_010)).toBe('closed')
    fail(1_010)
    expect(state(1_010)).toBe('open')
  })

  it('counts only what is inside the window', () => {
    const { fail, succeed, state } = rig()
    for (let i = 0; i < 9; i++) {
      fail(i)
      succeed(i)
    }
    succeed(30_000)
    for (let i = 0; i < 9; i++) succeed(30_000 + i)
    fail(30_010)
    expect(state(30_010)).toBe('closed')
  })

  it('opens longer with each probe that fails, at most for the longest', () => {
    const { fleet, fail, availability } = rig({ consecutiveFailures: 10 })
    for (let i = 0; i < 10; i++) fail(0)
    const lengths: number[] = []
    let since = 0
    for (let i = 0; i < 4; i++) {
      const found = availability(since)
      if (found.state !== 'unavailable') break
      lengths.push(found.untilMs - since)
      since = found.untilMs
      fleet.sent(target, load, since).ended(failing('overloaded'), since)
    }
    expect(lengths).toEqual([5_000, 7_500, 10_000, 10_000])
  })

  it('gives a recovered target its traffic back bit by bit', () => {
    const { fail, succeed, availability } = rig({ consecutiveFailures: 10 })
    for (let i = 0; i < 10; i++) fail(0)
    succeed(5_000)
    expect(availability(5_000)).toEqual({ state: 'ramping', share: 0.1 })
    expect(availability(7_500)).toEqual({ state: 'ramping', share: 0.55 })
    expect(availability(10_000)).toEqual({ state: 'ready' })
  })
})

describe('a probe', () => {
  it('that is answered closes at its first output, long before its reply ends', () => {
    const { fleet, fail, state, availability } = rig()
    fail(0)
    fail(0)
    const probe = fleet.sent(target, load, 13_000)
    expect(probe.probe).toBe(true)
    expect(availability(13_000)).toMatchObject({ state: 'unavailable' })
    probe.firstOutput(13_400)
    expect(state(13_400)).toBe('closed')
    expect(availability(13_400)).toEqual({ state: 'ready' })
    expect(fleet.vitals(target).successRate(13_400)).toBe(1)
  })

  it.each(['invalid_request', 'provider_rate_limited', 'cancelled'] as const)(
    'that ends with %s tells nothing: another may try',
    (kind) => {
      const { fleet, fail, state } = rig()
      fail(0)
      fail(0)
      fleet.sent(target, load, 13_000).ended(failing(kind), 13_100)
      expect(state(13_100)).toBe('half-open')
      expect(fleet.sent(target, load, 13_200).probe).toBe(true)
    },
  )

  it('whose end was never told blocks a minute, not for ever', () => {
    const { fleet, fail, availability } = rig()
    fail(0)
    fail(0)
    fleet.sent(target, load, 13_000)
    expect(availability(72_999)).toMatchObject({ state: 'unavailable', untilMs: 73_000 })
    expect(availability(73_000)).toEqual({ state: 'probe' })
  })
})

describe('slowness', () => {
  const slow = (rate: number | null) => ({ slow: { afterMs: 1_000, rate } })

  it('opens nothing by itself, but shows', () => {
    const { fleet, succeed, state } = rig(slow(null))
    for (let i = 0; i < 20; i++) succeed(i, i % 2 === 0 ? 2_000 : 500)
    expect(state(20)).toBe('closed')
    expect(fleet.vitals(target).slowShare(20)).toBe(0.5)
  })

  it('opens at the share that is configured', () => {
    const { succeed, state } = rig(slow(0.8))
    for (let i = 0; i < 20; i++) succeed(i, 2_000)
    expect(state(20)).toBe('open')
  })
})
