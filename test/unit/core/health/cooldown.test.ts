import { describe, expect, it } from 'vitest'
import { Secret } from '../../../../src/core/catalog.ts'
import { type FailureClass, failure } from '../../../../src/core/failure.ts'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { defaultHealth } from '../../../../src/core/health/settings.ts'
import { failing, load, providerNamed, success, targetNamed } from './fleets.ts'

const target = targetNamed('p/m')

function rig() {
  const fleet = createFleet()
  return {
    fleet,
    fail(nowMs: number, kind: FailureClass, retryAfterMs: number | null = null) {
      fleet.sent(target, load, nowMs).ended(failing(kind, retryAfterMs), nowMs)
    },
    untilMs(nowMs: number) {
      const found = fleet.vitals(target).availability(nowMs)
      return found.state === 'unavailable' ? found.untilMs : null
    },
  }
}

describe('a 429', () => {
  it('keeps the target out for as long as the provider asks, and not a moment longer', () => {
    const { fail, untilMs, fleet } = rig()
    fail(1_000, 'provider_rate_limited', 2_000)
    expect(untilMs(1_000)).toBe(3_000)
    expect(untilMs(2_999)).toBe(3_000)
    expect(untilMs(3_000)).toBeNull()
    expect(fleet.vitals(target).breaker(1_000)).toBe('closed')
    expect(fleet.vitals(target).successRate(1_000)).toBe(1)
  })

  it('that asks for hours is believed for five minutes', () => {
    const { fail, untilMs } = rig()
    fail(0, 'provider_rate_limited', 7_200_000)
    expect(untilMs(0)).toBe(300_000)
  })

  it('that says nothing keeps it out twice as long each time, up to a limit', () => {
    const { fail, untilMs } = rig()
    let now = 0
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      fail(now, 'provider_rate_limited')
      const until = untilMs(now) ?? now
      waits.push(until - now)
      now = until
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('of a burst counts once', () => {
    const { fleet, untilMs } = rig()
    const burst = Array.from({ length: 20 }, () => fleet.sent(target, load, 0))
    for (const [i, sent] of burst.entries()) sent.ended(failing('provider_rate_limited'), 100 + i)
    expect(untilMs(200)).toBe(2_100)
  })

  it('is over when a request sent after it succeeds', () => {
    const { fleet, fail, untilMs } = rig()
    const before = fleet.sent(target, load, 0)
    fail(100, 'provider_rate_limited')
    before.ended(success(), 200)
    expect(untilMs(200)).toBe(2_100)
    fleet.sent(target, load, 300).ended(success(), 400)
    expect(untilMs(400)).toBeNull()
  })

  it('never opens the breaker, however many there are', () => {
    const { fail, fleet } = rig()
    for (let i = 0; i < 50; i++) fail(i, 'provider_rate_limited')
    expect(fleet.vitals(target).breaker(50)).toBe('closed')
  })
})

describe('a used-up quota, a rejected key', () => {
  it('keep the target out for minutes', () => {
    const { fail, untilMs } = rig()
    fail(0, 'provider_quota_exhausted')
    expect(untilMs(0)).toBe(300_000)
    fail(400_000, 'provider_auth')
    expect(untilMs(400_000)).toBe(700_000)
  })

  it('of one key of several says nothing of the others', () => {
    const provider = providerNamed('q', [new Secret('one'), new Secret('two')])
    const two = targetNamed('q/m', provider)
    const fleet = createFleet()
    fleet.sent(two, load, 0).ended(failing('provider_auth'), 0)
    expect(fleet.vitals(two).availability(0)).toEqual({ state: 'ready' })
    fleet.sent(two, load, 1).ended(failing('provider_auth'), 1)
    expect(fleet.vitals(two).availability(1)).toMatchObject({ because: 'it rejects our key' })
  })

  it('are looked at anew when another configuration is in force', () => {
    const fleet = createFleet()
    fleet.sent(target, load, 0).ended(failing('provider_auth'), 0)
    expect(fleet.vitals(target).availability(1)).toMatchObject({ state: 'unavailable' })
    const changed = targetNamed('p/m', providerNamed('p'))
    expect(fleet.vitals(changed).availability(1)).toEqual({ state: 'ready' })
  })
})

describe('a model the provider does not know', () => {
  it('is left alone until the configuration changes, because it will not know it next time', () => {
    const fleet = createFleet()
    fleet.configure(defaultHealth, ['p/m'])
    const lost = failure('model_not_found', 'No such model.', { upstreamStatus: 404 })
    const finished = { ...failing('model_not_found'), failure: lost }
    fleet.sent(target, load, 0).ended(finished, 0)
    const found = fleet.vitals(target).availability(1_000)
    expect(found).toMatchObject({ state: 'unavailable', untilMs: 300_000 })
    expect(fleet.vitals(target).breaker(1_000)).toBe('closed')
    const changed = targetNamed('p/m', providerNamed('p'))
    expect(fleet.vitals(changed).availability(1_000)).toEqual({ state: 'ready' })
  })

  it('is nothing to note where a client made its name up', () => {
    const fleet = createFleet()
    const lost = failure('model_not_found', 'No such model.', { upstreamStatus: 404 })
    fleet.sent(target, load, 0).ended({ ...failing('model_not_found'), failure: lost }, 0)
    expect(fleet.vitals(target).availability(1_000)).toEqual({ state: 'ready' })
  })

  it('says nothing where nobody was asked', () => {
    const { fail, untilMs } = rig()
    fail(0, 'model_not_found')
    expect(untilMs(0)).toBeNull()
  })
})

describe('a restart', () => {
  const restarted = (kind: FailureClass, retryAfterMs: number | null) => {
    const { fleet, fail } = rig()
    fail(0, kind, retryAfterMs)
    const next = createFleet()
    next.restore(fleet.snapshot(1_000), 1_000)
    return next.vitals(target).availability(1_000)
  }

  it('tries a key again that was rejected, because it may be another one now', () => {
    expect(restarted('provider_auth', null)).toEqual({ state: 'ready' })
  })

  it('goes on waiting as long as the provider asked, and knows that it asked', () => {
    expect(restarted('provider_rate_limited', 60_000)).toMatchObject({
      state: 'unavailable',
      untilMs: 60_000,
      named: true,
    })
  })
})
