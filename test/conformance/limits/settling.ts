import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  borrow,
  borrowed,
  calendarLimit,
  charge,
  newTicket,
  remaining,
  slidingLimit,
  take,
} from './limits.ts'
import { type StateKind, withState } from './state-kind.ts'

const anyBook = { subject: null, limit: 1_000 } as const

export function describeSettling(kind: StateKind): void {
  describe('settling', () => {
    const windows = [
      slidingLimit('sliding', { amount: 1_000, metric: 'tokens' }),
      slidingLimit('sliding with burst', { amount: 1_000, burst: 500, metric: 'tokens' }),
      calendarLimit('calendar', 'day', { amount: 1_000, metric: 'tokens' }),
    ]

    it.each(windows)('gives back what was not used: $id', (limit) =>
      withState(kind, async ({ state }) => {
        const settle = await borrowed(state, charge(limit, 800))
        settle(300)
        expect(await remaining(state, limit)).toBe(limit.amount + limit.burst - 300)
      }),
    )

    it.each(windows)('charges what was used beyond, even below zero: $id', (limit) =>
      withState(kind, async ({ state }) => {
        const settle = await borrowed(state, charge(limit, 800))
        settle(1_700)
        expect(await remaining(state, limit)).toBe(limit.amount + limit.burst - 1_700)
        expect(await take(state, charge(limit, 1))).toBe(false)
      }),
    )

    it.each(windows)('leaves nothing behind when all of it is given back: $id', (limit) =>
      withState(kind, async ({ state }) => {
        const settles = await Promise.all(
          [1, 20, 300].map((n) => borrowed(state, charge(limit, n))),
        )
        for (const settle of settles) settle(0)
        expect(await remaining(state, limit)).toBe(limit.amount + limit.burst)
        for (const book of await state.books(anyBook)) {
          expect(book).toMatchObject({ used: 0, reserved: 0 })
        }
      }),
    )

    it('puts right several books at once, each its own', () =>
      withState(kind, async ({ state }) => {
        const [tokens, , cost] = windows
        if (tokens === undefined || cost === undefined) throw new Error('there are three')
        const settle = await borrowed(state, charge(tokens, 100), charge(cost, 500))
        settle(150, 20)
        expect(await remaining(state, tokens)).toBe(850)
        expect(await remaining(state, cost)).toBe(980)
      }))

    it.each(windows)('is not broken by figures that cannot be true: $id', (limit) =>
      withState(kind, async ({ state }) => {
        const odd = fc.constantFrom(Number.NaN, -1, -1e18, 1e18, Number.POSITIVE_INFINITY, 0.5)
        const settles = await Promise.all(
          fc.sample(odd, { numRuns: 40, seed: 7 }).map(async (actual) => {
            const settle = await borrowed(state, charge(limit, 1))
            return () => settle(actual)
          }),
        )
        for (const settle of settles) settle()
        const left = await remaining(state, limit)
        expect(Number.isSafeInteger(left)).toBe(true)
        // A reply that claims 1e18 tokens closes the limit until they are back, and not beyond.
        expect(await take(state, charge(limit, 1))).toBe(false)
        for (const book of await state.books(anyBook)) expect(book.reserved).toBe(0)
        expect(await state.reset(anyBook)).toBe(1)
        expect(await remaining(state, limit)).toBe(limit.amount + limit.burst)
      }),
    )

    it('keeps what was borrowed where the figure says nothing', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('unknown use', { amount: 100 })
        const settle = await borrowed(state, charge(limit, 30))
        settle(Number.NaN)
        expect(await remaining(state, limit)).toBe(70)
      }))

    it('does not mind corrections of what was never borrowed', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('stranger', { amount: 10 })
        state.settle([{ ticket: 'wb_nobody', charge: charge(limit, 5), actual: 0, at: 0 }])
        expect(await remaining(state, limit)).toBe(10)
        state.settle([{ ticket: 'wb_nobody', charge: charge(limit, 5), actual: 5, at: 0 }])
        for (const { reserved } of await state.books(anyBook)) expect(reserved).toBe(0)
      }))

    it('knows what is borrowed and not yet settled', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('reserved', { amount: 100 })
        const settle = await borrowed(state, charge(limit, 30))
        await take(state, charge(limit, 20))
        const before = await state.books(anyBook)
        expect(before).toMatchObject([{ limit, used: 50, reserved: 50, remaining: 50 }])
        settle(10)
        await remaining(state, limit)
        const after = await state.books(anyBook)
        expect(after).toMatchObject([{ used: 30, reserved: 20, remaining: 70 }])
      }))

    it('counts requests, which are not reserved, and takes back those that were never sent', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('requests', { amount: 10, metric: 'requests' })
        const settle = await borrowed(state, charge(limit))
        await take(state, charge(limit))
        expect(await state.books(anyBook)).toMatchObject([{ used: 2, reserved: 0, remaining: 8 }])
        settle(0)
        await remaining(state, limit)
        expect(await state.books(anyBook)).toMatchObject([{ used: 1, reserved: 0, remaining: 9 }])
      }))

    it('says the whole wait for requests of a day: none of them comes back', () =>
      withState(kind, async ({ state }) => {
        const limit = calendarLimit('day', 'day', { amount: 1, metric: 'requests' })
        await take(state, charge(limit))
        const denied = await borrow(state, newTicket(), [charge(limit)])
        if (denied.granted || !('denial' in denied)) throw new Error('there was room')
        expect(denied.denial.retryAfterMs).not.toBe(1_000)
      }))

    it('asks to come back soon when what a day lacks may be given back', () =>
      withState(kind, async ({ state }) => {
        const limit = calendarLimit('day', 'day', { amount: 100 })
        const settle = await borrowed(state, charge(limit, 100))
        const soon = await borrow(state, newTicket(), [charge(limit, 10)])
        expect(soon).toMatchObject({ granted: false, denial: { retryAfterMs: 1_000 } })
        settle(95)
        const later = await borrow(state, newTicket(), [charge(limit, 10)])
        if (!('denial' in later)) throw new Error('there was no room')
        expect(later.denial.retryAfterMs).toBeGreaterThan(1_000)
        expect(later.denial.retryAfterMs).toBeLessThanOrEqual(86_400_000)
      }))
  })
}
