import { describe, expect, it } from 'vitest'
import { type Conditions, noConditions } from '../../../../src/core/plan/rule.ts'
import { ruleMatches } from '../../../../src/core/plan/rule-matches.ts'
import { isWithin, localTimeIn, type TimeWindow } from '../../../../src/core/plan/time-window.ts'
import { asking, occasionOf } from './rule-cases.ts'

function matches(when: Partial<Conditions>, request = asking(), occasion = occasionOf()): boolean {
  return ruleMatches({ ...noConditions, ...when }, request, occasion)
}

describe('conditions of a rule', () => {
  it('none always hold', () => {
    expect(matches({})).toBe(true)
  })

  it('needs, wanted or not', () => {
    const vision = (is: boolean) => ({ needs: [{ need: 'vision' as const, is }] })
    const image = asking({}, { vision: true })
    expect([matches(vision(true), image), matches(vision(true))]).toEqual([true, false])
    expect([matches(vision(false), image), matches(vision(false))]).toEqual([false, true])
  })

  it('json is JSON with or without a schema', () => {
    const json = { needs: [{ need: 'json' as const, is: true }] }
    expect(matches(json, asking({}, { jsonMode: true }))).toBe(true)
    expect(matches(json, asking({}, { jsonSchema: true }))).toBe(true)
    expect(matches(json)).toBe(false)
  })

  it('needs are not read where another condition fails', () => {
    const unread = asking({
      needs: () => {
        throw new Error('read')
      },
    })
    const when = { needs: [{ need: 'vision' as const, is: true }], clients: ['other'] }
    expect(matches(when, unread)).toBe(false)
  })

  it('ranges of tokens, both ends included', () => {
    const range = { atLeast: 10, atMost: 20 }
    const prompt = (inputTokensEstimate: number) =>
      matches({ contextTokens: range }, asking({ inputTokensEstimate }))
    expect([9, 10, 20, 21].map(prompt)).toEqual([false, true, true, false])
    expect(matches({ maxTokens: range }, asking({ maxOutputTokens: 15 }))).toBe(true)
    expect(matches({ maxTokens: range }, asking({ maxOutputTokens: null }))).toBe(false)
  })

  it('names, as patterns; one of a list is enough, and nobody is not anybody', () => {
    expect(matches({ clients: ['batch', 'we*'] })).toBe(true)
    expect(matches({ clients: ['batch'] })).toBe(false)
    expect(matches({ users: ['*'] })).toBe(false)
    expect(matches({ users: ['vip-*'] }, asking({ user: 'vip-7' }))).toBe(true)
    expect(matches({ models: ['fast'] }, asking({ model: 'fast' }))).toBe(true)
    expect(matches({ regions: ['eu-*'] }, asking(), occasionOf({ region: 'eu-west' }))).toBe(true)
    expect(matches({ regions: ['eu-*'] })).toBe(false)
  })

  it('metadata, every name', () => {
    const when = {
      metadata: [
        { name: 'tier', values: ['gold', 'silver'] },
        { name: 'team', values: ['*'] },
      ],
    }
    expect(matches(when, asking({ metadata: { tier: 'gold', team: 'x' } }))).toBe(true)
    expect(matches(when, asking({ metadata: { tier: 'gold' } }))).toBe(false)
    expect(matches(when, asking({ metadata: { tier: 'tin', team: 'x' } }))).toBe(false)
  })
})

describe('a part of the week', () => {
  const everyDay = Array.from({ length: 7 }, () => true)
  const only = (day: number) => everyDay.map((_, index) => index === day)
  const zone = (name: string) => localTimeIn(name) ?? expect.fail(`${name} is a zone`)
  const between = (from: number, to: number, days = everyDay, name = 'UTC'): TimeWindow => ({
    days,
    fromMinute: from * 60,
    toMinute: to * 60,
    zone: zone(name),
  })
  /** Monday, 5 January 2026. */
  const monday = (hour: number, minute = 0) => Date.UTC(2026, 0, 5, hour, minute)

  it('begins with its first minute and ends before its last', () => {
    const window = between(9, 17)
    const inside = [monday(8, 59), monday(9), monday(16, 59), monday(17)]
    expect(inside.map((at) => isWithin(window, at))).toEqual([false, true, true, false])
  })

  it('over midnight belongs to the day it begins on', () => {
    const night = between(22, 6, only(1))
    const day = 86_400_000
    expect(isWithin(night, monday(23))).toBe(true)
    expect(isWithin(night, monday(5) + day)).toBe(true)
    expect(isWithin(night, monday(5))).toBe(false)
    expect(isWithin(night, monday(23) + day)).toBe(false)
  })

  it('from a time to the same time is a whole day', () => {
    expect(isWithin(between(9, 9, only(1)), monday(8) + 86_400_000)).toBe(true)
    expect(isWithin(between(9, 9, only(1)), monday(8))).toBe(false)
  })

  it('goes by the clocks of its zone, summer time included', () => {
    const berlin = between(9, 17, everyDay, 'Europe/Berlin')
    expect(isWithin(berlin, Date.UTC(2026, 0, 5, 8))).toBe(true)
    expect(isWithin(berlin, Date.UTC(2026, 0, 5, 7, 59))).toBe(false)
    expect(isWithin(berlin, Date.UTC(2026, 6, 6, 7))).toBe(true)
    const kathmandu = between(0, 6, only(2), 'Asia/Kathmandu')
    expect(isWithin(kathmandu, monday(18, 15))).toBe(true)
    expect(isWithin(kathmandu, monday(18, 14))).toBe(false)
  })

  it('gives the same answer whatever was asked before', () => {
    const once = zone('America/New_York')
    const moments = Array.from({ length: 500 }, (_, index) => monday(0) + index * 7_919_000)
    const asked = moments.map((at) => once(at))
    expect(
      moments
        .toReversed()
        .map((at) => once(at))
        .reverse(),
    ).toEqual(asked)
    expect(moments.map((at) => zone('America/New_York')(at))).toEqual(asked)
  })

  it('is nothing in a zone that does not exist', () => {
    expect(localTimeIn('Mars/Olympus')).toBeNull()
  })
})
