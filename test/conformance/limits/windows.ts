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
  takeMany,
} from './limits.ts'
import { describeWhere, itWhere, type StateKind, withState } from './state-kind.ts'

const hourMs = 3_600_000

export function describeWindows(kind: StateKind): void {
  describe('sliding windows', () => {
    const lengthMs = 400

    it('give back what was taken when it is a window old', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('short', { amount: 5 }, lengthMs)
        expect(await takeMany(state, 9, charge(limit))).toBe(5)
        await advance(lengthMs * 1.05)
        expect(await takeMany(state, 9, charge(limit))).toBe(5)
      }))

    it('have room again when they said they would', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('short', { amount: 50, burst: 20 }, lengthMs)
        for (const [amount, apart] of [
          [30, 100],
          [20, 100],
          [20, 50],
        ] as const) {
          await take(state, charge(limit, amount))
          await advance(apart)
        }
        for (const amount of [10, 35, 70, 1, 5, 64]) {
          const answer = await borrow(state, newTicket(), [charge(limit, amount)])
          if (answer.granted) continue
          if (!('denial' in answer) || answer.denial.retryAfterMs === null) {
            throw new Error('there will be room')
          }
          await advance(answer.denial.retryAfterMs)
          expect(await take(state, charge(limit, amount))).toBe(true)
        }
      }))

    it('give a burst once, and then what they allow', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('burst', { amount: 40, burst: 40 }, lengthMs)
        expect(await takeMany(state, 100, charge(limit))).toBe(80)
        await advance(lengthMs * 1.05)
        const second = await takeMany(state, 100, charge(limit))
        expect(second).toBeGreaterThanOrEqual(40)
        expect(second).toBeLessThanOrEqual(kind.virtualTime ? 42 : 60)
      }))

    it('change nothing for corrections of what is older than the window', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('late', { amount: 10, burst: 10 }, lengthMs)
        const more = await borrowed(state, charge(limit, 5))
        const less = await borrowed(state, charge(limit, 5))
        await advance(lengthMs * 2.5)
        expect(await take(state, charge(limit, 4))).toBe(true)
        const left = await remaining(state, limit)
        more(500)
        less(0)
        expect(await remaining(state, limit)).toBe(left)
        const places = await state.books({ subject: null, limit: 10 })
        expect(places).toMatchObject([{ reserved: 4 }])
      }))

    itWhere(kind.virtualTime)('give back everything of an absurd reply one window later', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('absurd', { amount: 10 })
        const settle = await borrowed(state, charge(limit, 5))
        settle(1e18)
        await advance(59_000)
        expect(await take(state, charge(limit))).toBe(false)
        await advance(2_000)
        expect(await remaining(state, limit)).toBe(10)
      }),
    )

    itWhere(kind.virtualTime)('are full again when their readings said', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = slidingLimit('reading', { amount: 50, burst: 30 })
        await take(state, charge(limit, 10))
        await advance(20_000)
        await take(state, charge(limit, 65))
        const [reading] = state.look([charge(limit)])
        await advance((reading?.resetMs ?? 0) - 1_000)
        expect(await remaining(state, limit)).toBeLessThan(80)
        await advance(1_000)
        expect(await remaining(state, limit)).toBe(80)
        expect(state.look([charge(limit)])).toMatchObject([{ resetMs: 0 }])
      }),
    )
  })

  describeWhere(kind.virtualTime)('calendars', () => {
    // Virtual time begins on 2027-01-15 at 08:00 UTC.
    const midnightMs = 16 * hourMs

    it('are filled up when a period begins, in their time zone', () =>
      withState(kind, async ({ state, advance }) => {
        const utc = calendarLimit('utc', 'day', { amount: 10 })
        const tokyo = calendarLimit('tokyo', 'day', { amount: 10 }, 'Asia/Tokyo')
        await takeMany(state, 10, charge(utc), charge(tokyo))
        await advance(7 * hourMs - 1)
        expect(await take(state, charge(tokyo))).toBe(false)
        await advance(1)
        expect(await takeMany(state, 20, charge(tokyo))).toBe(10)
        expect(await take(state, charge(utc))).toBe(false)
        await advance(midnightMs - 7 * hourMs)
        expect(await takeMany(state, 20, charge(utc))).toBe(10)
      }))

    it('give a burst once, and then what they allow', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = calendarLimit('burst', 'day', { amount: 10, burst: 4 })
        expect(await takeMany(state, 20, charge(limit))).toBe(14)
        await advance(midnightMs)
        expect(await takeMany(state, 20, charge(limit))).toBe(10)
        await advance(24 * hourMs)
        expect(await takeMany(state, 12, charge(limit))).toBe(10)
        await advance(48 * hourMs)
        expect(await takeMany(state, 20, charge(limit))).toBe(14)
      }))

    it('say when the next period begins', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = calendarLimit('said', 'month', { amount: 10 })
        const settle = await borrowed(state, charge(limit, 10))
        settle(10)
        const answer = await borrow(state, newTicket(), [charge(limit)])
        const untilFebruaryMs = 16 * 24 * hourMs + midnightMs
        expect(answer).toMatchObject({
          denial: { retryAfterMs: untilFebruaryMs },
          readings: [{ resetMs: untilFebruaryMs }],
        })
        await advance(untilFebruaryMs)
        expect(await remaining(state, limit)).toBe(10)
      }))

    it('owe the next period nothing but their burst', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = calendarLimit('absurd', 'day', { amount: 10, burst: 3 })
        const settle = await borrowed(state, charge(limit, 1))
        settle(1e18)
        expect(await take(state, charge(limit))).toBe(false)
        await advance(midnightMs)
        expect(await takeMany(state, 20, charge(limit))).toBe(10)
      }))

    it('settle what was borrowed in the period before without touching this one', () =>
      withState(kind, async ({ state, advance }) => {
        const limit = calendarLimit('over midnight', 'day', { amount: 10 })
        const settle = await borrowed(state, charge(limit, 6))
        await advance(midnightMs)
        await take(state, charge(limit, 5))
        settle(0)
        expect(await remaining(state, limit)).toBe(5)
        expect(await state.books({ subject: null, limit: 2 })).toMatchObject([{ reserved: 5 }])
      }))
  })
}
