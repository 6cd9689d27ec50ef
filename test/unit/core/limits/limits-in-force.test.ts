import { describe, expect, it } from 'vitest'
import { openLimitsInForce } from '../../../../src/core/limits/limits-in-force.ts'
import { aLimit, aSetLimit } from './some-limits.ts'

const asker = { client: 'web', policy: 'gold', model: 'fast', user: 'alice', ip: null }

describe('the limits in force', () => {
  const every = aLimit(['user'])
  const until = (expiresAtMs: number) => aSetLimit('user', 'alice', 5, { expiresAtMs })
  const amountAt = (limits: ReturnType<typeof openLimitsInForce>, nowMs: number) =>
    limits
      .at(nowMs)
      .ofAsker(asker)
      .map(({ limit }) => limit.amount)

  it('are the same object as long as nothing changes', () => {
    const limits = openLimitsInForce([every], [until(10_000)])
    expect(limits.at(1)).toBe(limits.at(9_999))
    expect(limits.at(10_000)).toBe(limits.at(1e15))
  })

  it('lose what expires, to the millisecond where few do', () => {
    const limits = openLimitsInForce([every], [until(10_000)])
    expect(amountAt(limits, 9_999)).toEqual([5])
    expect(amountAt(limits, 10_000)).toEqual([100])
  })

  it('follow a clock that is set back', () => {
    const limits = openLimitsInForce([every], [until(86_400_000)])
    expect(amountAt(limits, 86_400_001)).toEqual([100])
    expect(amountAt(limits, 86_400_001 - 3_600_000)).toEqual([5])
  })

  it('stay as they are for a request that arrived before they changed', () => {
    const limits = openLimitsInForce([every], [until(10_000)])
    const now = limits.at(10_000)
    expect(limits.at(9_000)).toBe(now)
  })

  it('lose what expires within a second where very many do', () => {
    const many = Array.from({ length: 20_000 }, (_, at) =>
      aSetLimit('user', `user-${at}`, 1, { expiresAtMs: 1_000 + at }),
    )
    const limits = openLimitsInForce([every], [...many, until(5_000)])
    expect(amountAt(limits, 4_900)).toEqual([5])
    expect(amountAt(limits, 6_000)).toEqual([100])
  })

  it('take over a changed configuration and changed settings', () => {
    const limits = openLimitsInForce([every], [])
    expect(amountAt(limits, 1)).toEqual([100])
    limits.set([until(10_000)])
    expect(amountAt(limits, 1)).toEqual([5])
    limits.configure([])
    expect(amountAt(limits, 1)).toEqual([5])
    limits.set([])
    expect(limits.at(1).empty).toBe(true)
  })
})
