import { describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import type { Charge } from '../../../src/core/limits/limit.ts'
import type { LimitState } from '../../../src/gateway/limit-state.ts'
import {
  borrow,
  borrowed,
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
  take,
  takeMany,
} from '../../conformance/limits/limits.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const minuteMs = 60_000

function open(mostBooks: number) {
  const clock = virtualClock()
  return { clock, state: createMemoryState({ clock, store: null, mostBooks }) }
}

/** How many of so many are granted; each is over at once. */
async function use(state: LimitState, times: number, asked: Charge): Promise<number> {
  let granted = 0
  for (let time = 0; time < times; time++) {
    const ticket = newTicket()
    const answer = await borrow(state, ticket, [asked])
    if (!answer.granted) continue
    granted++
    state.settle([{ ticket, charge: asked, actual: asked.amount, at: answer.at }])
  }
  return granted
}

describe('books in memory', () => {
  const limit = slidingLimit('user requests/minute', { amount: 10, burst: 5 })
  const user = (number: number) => `user:${number}`

  it('make room by forgetting those that are full again', async () => {
    const { clock, state } = open(50)
    let most = 0
    for (let number = 0; number < 5_000; number++) {
      expect(await use(state, 2, charge(limit, 10, user(number)))).toBe(1)
      const { books, message } = state.health()
      most = Math.max(most, books)
      expect(message).toBeNull()
      // Back after 61 s, and paid back: at most 31 are in use at a time.
      clock.advance(2_000)
    }
    expect(most).toBeLessThanOrEqual(50)
  })

  it('that others share say nothing of one who has a quota', async () => {
    const { state } = open(4)
    for (let number = 0; number < 5; number++) await use(state, 1, charge(limit, 1, user(number)))
    expect(await use(state, 20, charge(limit, 1, user(5)))).toBe(14)
    expect(await use(state, 1, charge(limit, 1, user(6)))).toBe(0)
    const quota = { ...limit, id: 'user:7 requests/minute', booksOf: limit.id, amount: 3, burst: 0 }
    expect(await use(state, 5, charge(quota, 1, user(7)))).toBe(3)
  })

  it('never forget what still counts', async () => {
    const { clock, state } = open(100)
    for (let number = 0; number < 90; number++) await use(state, 1, charge(limit, 15, user(number)))
    for (let round = 0; round < 20; round++) {
      clock.advance(50)
      for (let number = 0; number < 90; number++) {
        expect(await use(state, 1, charge(limit, 2, user(number)))).toBe(0)
      }
    }
  })

  it('never forget what is under way', async () => {
    const { clock, state } = open(20)
    const settle = await borrowed(state, charge(limit, 1, user(1_000)))
    for (let number = 0; number < 500; number++) {
      await use(state, 1, charge(limit, 1, user(number)))
      clock.advance(10_000)
    }
    const [book] = await state.books({ subject: user(1_000), limit: 1 })
    expect(book).toMatchObject({ used: 0, reserved: 1 })
    settle(1)
    clock.advance(minuteMs * 2)
    expect(await state.cleanup(0)).toBeGreaterThan(0)
    expect(state.health().books).toBe(0)
  })

  it('are shared by new subjects when there are too many, who together get what one may', async () => {
    const { clock, state } = open(40)
    for (let number = 0; number < 40; number++) await use(state, 1, charge(limit, 1, user(number)))
    const tickets: Awaited<ReturnType<typeof borrowed>>[] = []
    for (let number = 40; number < 55; number++) {
      tickets.push(await borrowed(state, charge(limit, 1, user(number))))
    }
    expect(await take(state, charge(limit, 1, user(99)))).toBe(false)
    expect(await use(state, 20, charge(limit, 1, user(3)))).toBe(14)
    expect(state.health().message).toMatch(/^41 books of limits are in use, of at most 40:/)
    for (const settle of tickets) settle(0)
    expect(await use(state, 1, charge(limit, 1, user(99)))).toBe(1)
    clock.advance(3 * minuteMs)
    for (let number = 200; number < 230; number++) {
      expect(await use(state, 20, charge(limit, 1, user(number)))).toBe(15)
    }
    expect(state.health().message).toBeNull()
  })

  it('that were shared give nobody more when there is room again', async () => {
    for (const each of [limit, calendarLimit('daily', 'day', { amount: 15 })]) {
      const { clock, state } = open(10)
      const filler = slidingLimit('filler', { amount: 10 })
      for (let number = 0; number < 10; number++) {
        const settle = await borrowed(state, charge(filler, 10, user(number)))
        settle(10)
      }
      await takeMany(state, 6, charge(each, 1, user(77)))
      const settle = await borrowed(state, charge(each, 5, user(77)))
      clock.advance(30_000)
      for (const number of [3, 4]) await state.reset({ subject: user(number), limit: 1 })
      // Its own book now: what the others have taken may have been its own.
      expect(await takeMany(state, 20, charge(each, 1, user(77)))).toBe(4)
      settle(0)
      clock.advance(31_000)
      expect(await state.books({ subject: '(others)', limit: 5 })).toMatchObject([{ reserved: 6 }])
      expect(await state.books({ subject: user(77), limit: 5 })).toMatchObject([{ reserved: 4 }])
    }
  })

  it('hold no more places than allowed while they are shared', async () => {
    const { state } = open(4)
    const places = concurrentLimit('places', 2)
    const filler = slidingLimit('filler', { amount: 10 })
    for (let number = 0; number < 4; number++) await take(state, charge(filler, 1, user(number)))
    const first = await borrowed(state, charge(places, 1, user(7)))
    for (const number of [1, 2]) await state.reset({ subject: user(number), limit: 1 })
    const second = await borrowed(state, charge(places, 1, user(7)))
    expect(await take(state, charge(places, 1, user(7)))).toBe(false)
    first(0)
    second(0)
    second(0)
    expect(await takeMany(state, 5, charge(places, 1, user(7)))).toBe(2)
  })

  it('are kept under a shorter name where a client chose a very long one', async () => {
    const { state } = open(100)
    const long = (end: string) => `user:${'x'.repeat(100_000)}${end}`
    expect(await takeMany(state, 20, charge(limit, 1, long('a')))).toBe(15)
    expect(await takeMany(state, 20, charge(limit, 1, long('b')))).toBe(15)
    const books = await state.books({ subject: null, limit: 5 })
    expect(books).toHaveLength(2)
    for (const { subject } of books) expect(subject.length).toBeLessThan(300)
  })

  it('begin anew when a limit gets another window, and come back with the old one', async () => {
    const { state } = open(100)
    const daily = { ...calendarLimit(limit.id, 'day', { amount: 10, burst: 5 }) }
    await take(state, charge(limit, 12))
    expect(await remaining(state, daily)).toBe(15)
    expect(await remaining(state, limit)).toBe(3)
  })
})
