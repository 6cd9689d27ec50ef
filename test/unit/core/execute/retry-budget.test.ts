import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RetryBudget } from '../../../../src/core/execute/retry-budget.ts'

/** Requests at a steady rate, each wanting `wanted` further attempts; how many it got in all. */
function outage(
  budget: RetryBudget,
  perSecond: number,
  wanted: number,
  panic: boolean,
  seconds = 60,
) {
  let further = 0
  for (let index = 0; index < perSecond * seconds; index++) {
    const nowMs = (index * 1_000) / perSecond
    budget.arrived(null, nowMs)
    for (let attempt = 0; attempt < wanted; attempt++) {
      if (!budget.allows(null, nowMs, panic)) break
      budget.withdraw(null, nowMs)
      further += 1
    }
  }
  return further
}

describe('RetryBudget', () => {
  it('keeps further attempts at a fifth of busy traffic', () => {
    const further = outage(new RetryBudget({ share: 0.2, floor: 5 }), 100, 3, false)
    expect(further / 6_000).toBeGreaterThan(0.17)
    expect(further / 6_000).toBeLessThan(0.205)
  })

  it('lets quiet traffic retry freely up to its floor', () => {
    const budget = new RetryBudget({ share: 0.2, floor: 50 })
    expect(outage(budget, 1, 2, false)).toBe(120)
  })

  it('has no floor in panic: attempts stay within 1.2 times the requests', () => {
    const slow = outage(new RetryBudget({ share: 0.2, floor: 50 }), 5, 7, true, 120)
    expect(slow / 600).toBeLessThan(0.12)
    const lone = outage(new RetryBudget({ share: 0.2, floor: 50 }), 1, 7, true, 120)
    expect(lone / 120).toBeLessThan(0.12)
  })

  it('counts a dear retry for what it costs', () => {
    const budget = new RetryBudget({ share: 0.2, floor: 5 })
    for (let index = 0; index < 100; index++) budget.arrived(1_000, 0)
    expect(budget.allows(1_000, 0, false)).toBe(true)
    budget.withdraw(15_000, 0)
    expect(budget.allows(6_000, 0, false)).toBe(false)
    expect(budget.allows(5_000, 0, false)).toBe(true)
    // Cheap ones are requests all the same.
    for (let index = 0; index < 5; index++) budget.withdraw(1, 0)
    expect(budget.allows(1, 0, false)).toBe(false)
  })

  it('lets the dearest prompt be retried when nothing else was', () => {
    const budget = new RetryBudget({ share: 0.2, floor: 5 })
    for (let index = 0; index < 10; index++) budget.arrived(10, 0)
    expect(budget.allows(1_000_000, 0, false)).toBe(true)
    budget.withdraw(1_000_000, 0)
    expect(budget.allows(10, 0, false)).toBe(false)
  })

  it('forgets within tens of seconds', () => {
    const budget = new RetryBudget({ share: 0.2, floor: 1 })
    budget.arrived(null, 0)
    budget.withdraw(null, 0)
    expect(budget.allows(null, 5_000, false)).toBe(false)
    expect(budget.allows(null, 60_000, false)).toBe(false)
    budget.arrived(null, 400_000)
    expect(budget.allows(null, 400_000, false)).toBe(true)
  })

  it('never allows more at once than share or floor, whatever the order of events', () => {
    const event = fc.record({
      waitMs: fc.integer({ min: 0, max: 3_000 }),
      costNanoUsd: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
      retry: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const settings = { share: 0.2, floor: 4 }
        const budget = new RetryBudget(settings)
        const requests: number[] = []
        const retries: number[] = []
        const decayed = (times: number[], nowMs: number) =>
          times.reduce((sum, atMs) => sum + Math.exp((atMs - nowMs) / 10_000), 0)
        let nowMs = 0
        for (const { waitMs, costNanoUsd, retry } of events) {
          nowMs += waitMs
          if (!retry) {
            budget.arrived(costNanoUsd, nowMs)
            requests.push(nowMs)
          } else if (budget.allows(costNanoUsd, nowMs, false)) {
            budget.withdraw(costNanoUsd, nowMs)
            retries.push(nowMs)
            const most = Math.max(settings.floor, settings.share * decayed(requests, nowMs))
            expect(decayed(retries, nowMs)).toBeLessThanOrEqual(most + 1e-6)
          }
        }
      }),
    )
  })
})
