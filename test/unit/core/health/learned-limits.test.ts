import { describe, expect, it } from 'vitest'
import { createFleet } from '../../../../src/core/health/fleet.ts'
import { requestLimit, tokenLimit } from '../../../../src/core/health/rate-headers.ts'
import { failing, load, success, targetNamed } from './fleets.ts'

const target = targetNamed('p/m')

describe('rate-limit headers', () => {
  it('are read in every style', () => {
    expect(
      requestLimit({
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '1m2.5s',
      }),
    ).toEqual({ limit: 500, remaining: 499, resetMs: 62_500 })
    expect(
      tokenLimit({
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '29000',
        'x-ratelimit-reset-tokens': '17ms',
      }),
    ).toEqual({ limit: 30_000, remaining: 29_000, resetMs: 17 })
    expect(
      requestLimit({
        date: 'Fri, 20 Nov 2026 10:00:00 GMT',
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '40',
        'anthropic-ratelimit-requests-reset': '2026-11-20T10:00:12Z',
      }),
    ).toEqual({ limit: 50, remaining: 40, resetMs: 12_000 })
    expect(
      requestLimit({
        'x-ratelimit-limit-req-minute': '60',
        'x-ratelimit-remaining-req-minute': '9',
      }),
    ).toEqual({ limit: 60, remaining: 9, resetMs: 60_000 })
    expect(
      requestLimit({
        'ratelimit-limit': '10',
        'ratelimit-remaining': '3',
        'ratelimit-reset': '30',
      }),
    ).toEqual({ limit: 10, remaining: 3, resetMs: 30_000 })
  })

  it.each([
    {},
    { 'x-ratelimit-remaining-requests': '3' },
    { 'x-ratelimit-limit-requests': '0', 'x-ratelimit-remaining-requests': '0' },
    { 'x-ratelimit-limit-requests': 'lots', 'x-ratelimit-remaining-requests': 'none' },
    { 'x-ratelimit-limit-requests': '-1', 'x-ratelimit-remaining-requests': '-1' },
  ])('that make no sense are no limit: %j', (headers) => {
    expect(requestLimit(headers)).toBeNull()
  })

  it('keep a target out that has nothing left, until something is', () => {
    const fleet = createFleet()
    fleet.sent(target, load, 0).ended(success(), 0)
    const headers = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '60s',
    }
    fleet.heard(target, headers, 0)
    const vitals = fleet.vitals(target)
    expect(vitals.headroom(0)).toBe(0)
    expect(vitals.availability(0)).toEqual({
      state: 'unavailable',
      untilMs: 1_000,
      because: 'its rate limit is used up',
    })
    expect(vitals.availability(1_000)).toEqual({ state: 'ready' })
    expect(vitals.headroom(30_000)).toBe(0.5)
  })

  it('never keep it out for more than a minute', () => {
    const fleet = createFleet()
    fleet.sent(target, load, 0).ended(success(), 0)
    const headers = {
      'x-ratelimit-limit-requests': '50',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '24h0m0s',
    }
    fleet.heard(target, headers, 0)
    expect(fleet.vitals(target).availability(0)).toMatchObject({ untilMs: 60_000 })
    expect(fleet.vitals(target).availability(60_000)).toEqual({ state: 'ready' })
  })
})

describe('a limit learned from 429s', () => {
  /** A provider of 100 requests per 10 s, asked as often as the gateway thinks right. */
  function course(seconds: number) {
    const fleet = createFleet()
    const accepted: number[] = []
    const perSecond = { accepted: 0, refused: 0 }
    for (let now = 0; now < seconds * 1_000; now += 50) {
      if (fleet.vitals(target).availability(now).state !== 'ready') continue
      const sent = fleet.sent(target, load, now)
      while (accepted.length > 0 && (accepted[0] ?? 0) <= now - 10_000) accepted.shift()
      if (accepted.length < 100) {
        accepted.push(now)
        sent.ended(success(), now)
        if (now > 100_000) perSecond.accepted++
      } else {
        sent.ended(failing('provider_rate_limited'), now)
        if (now > 100_000) perSecond.refused++
      }
    }
    return perSecond
  }

  it('uses most of what there is, and is refused rarely', () => {
    const { accepted, refused } = course(400)
    expect(accepted / 300).toBeGreaterThan(8.5)
    expect(refused / accepted).toBeLessThan(0.02)
  })

  it('is told as such, and is forgotten', () => {
    const fleet = createFleet()
    for (let i = 0; i < 10; i++) fleet.sent(target, load, i).ended(success(), i)
    fleet.sent(target, load, 20).ended(failing('provider_rate_limited'), 20)
    expect(fleet.vitals(target).availability(2_500)).toMatchObject({
      because: 'its limit, learned from 429s, is 10 requests in 10 s',
    })
    expect(fleet.vitals(target).availability(11_000)).toEqual({ state: 'ready' })
    expect(fleet.vitals(target).headroom(11_000)).toBe(1)
  })
})
