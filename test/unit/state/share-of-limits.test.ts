import { describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
  takeMany,
} from '../../conformance/limits/limits.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

describe('a process that may give out a part of every limit', () => {
  const limits = [
    slidingLimit('sliding', { amount: 80, burst: 20 }),
    calendarLimit('calendar', 'day', { amount: 80, burst: 20 }),
    concurrentLimit('places', 100),
  ]

  it.each(limits)('gives out no more than that: $id', async (limit) => {
    let share = 0.25
    const state = createMemoryState({ clock: virtualClock(), store: null, shareOf: () => share })
    expect(await takeMany(state, 60, charge(limit))).toBe(25)
    share = 0.5
    expect(await takeMany(state, 60, charge(limit))).toBe(25)
    share = 1
    expect(await remaining(state, limit)).toBe(50)
    share = 0.1
    expect(await remaining(state, limit)).toBe(-40)
  })

  it('pays a burst back at its part of the rate', async () => {
    const clock = virtualClock()
    const state = createMemoryState({ clock, store: null, shareOf: () => 0.25 })
    const limit = slidingLimit('sliding', { amount: 80, burst: 80 })
    expect(await takeMany(state, 99, charge(limit))).toBe(40)
    clock.advance(61_000)
    expect(await takeMany(state, 99, charge(limit))).toBe(20)
  })
})

describe('what was admitted elsewhere', () => {
  it('is taken without asking, and settled as what was borrowed', async () => {
    const clock = virtualClock()
    const state = createMemoryState({ clock, store: null })
    const tokens = slidingLimit('tokens', { amount: 100, burst: 10 })
    const daily = calendarLimit('daily', 'day', { amount: 100 })
    const places = concurrentLimit('places', 2)
    clock.advance(1_000)
    const at = clock.monotonicMs() - 20
    const charges = [charge(tokens, 150), charge(daily, 150), charge(places)]
    const ticket = newTicket()
    state.take(ticket, charges, at)
    expect(await remaining(state, tokens)).toBe(-40)
    expect(await remaining(state, daily)).toBe(-50)
    expect(await takeMany(state, 5, charge(places))).toBe(1)
    state.settle(charges.map((each) => ({ ticket, charge: each, actual: 0, at })))
    expect(await remaining(state, tokens)).toBe(110)
    expect(await remaining(state, places)).toBe(1)
    const books = await state.books({ subject: null, limit: 9 })
    expect(books.map(({ reserved }) => reserved)).toEqual([0, 0, 1])
  })

  it('counts for the day that has begun since', async () => {
    const clock = virtualClock()
    const state = createMemoryState({ clock, store: null })
    const daily = calendarLimit('daily', 'day', { amount: 100 })
    state.take(newTicket(), [charge(daily, 100)], clock.monotonicMs())
    clock.advance(16 * 3_600_000 + 10)
    state.take(newTicket(), [charge(daily, 40)], clock.monotonicMs() - 20)
    expect(await remaining(state, daily)).toBe(60)
  })
})
