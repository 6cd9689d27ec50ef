import { describe, expect, it } from 'vitest'
import { borrow, charge, newTicket, remaining, slidingLimit, take, takeMany } from './limits.ts'
import { type StateKind, withState } from './state-kind.ts'

export function describeAdmission(kind: StateKind): void {
  describe('admission', () => {
    it('admits what a limit allows, and no more', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('exact', { amount: 90, burst: 10 })
        expect(await takeMany(state, 150, charge(limit))).toBe(100)
      }))

    it('admits no more when all ask at once', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('at once', { amount: 100 })
        const asked = Array.from({ length: 300 }, () => take(state, charge(limit)))
        expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(100)
      }))

    it('keeps a book for each subject and each limit', () =>
      withState(kind, async ({ state }) => {
        const one = slidingLimit('one', { amount: 1 })
        const other = slidingLimit('other', { amount: 1 })
        expect(await takeMany(state, 2, charge(one))).toBe(1)
        expect(await takeMany(state, 2, charge(one, 1, 'user:bob'))).toBe(1)
        expect(await takeMany(state, 2, charge(other))).toBe(1)
      }))

    it('takes nothing from any book when one has no room', () =>
      withState(kind, async ({ state }) => {
        const wide = slidingLimit('wide', { amount: 100 })
        const narrow = slidingLimit('narrow', { amount: 3 })
        expect(await takeMany(state, 10, charge(wide, 5), charge(narrow))).toBe(3)
        expect(await takeMany(state, 10, charge(narrow), charge(wide, 5))).toBe(0)
        expect(await remaining(state, wide)).toBe(85)
      }))

    it('says how books stand after it', () =>
      withState(kind, async ({ state }) => {
        const tokens = slidingLimit('tokens', { amount: 1_000, burst: 200, metric: 'tokens' })
        const requests = slidingLimit('requests', { amount: 10 })
        const charges = [charge(tokens, 300), charge(requests)]
        const answer = await borrow(state, newTicket(), charges)
        if (!answer.granted) throw new Error('there was room')
        expect(answer.option).toBe(-1)
        expect(answer.readings).toMatchObject([
          { limit: tokens, subject: 'user:alice', remaining: 900 },
          { limit: requests, subject: 'user:alice', remaining: 9 },
        ])
        for (const { resetMs } of answer.readings) {
          expect(resetMs).toBeGreaterThan(50_000)
          expect(resetMs).toBeLessThan(75_000)
        }
      }))

    it('says which limit had no room, what was needed and left, and until when', () =>
      withState(kind, async ({ state }) => {
        const tokens = slidingLimit('tokens', { amount: 1_000, metric: 'tokens' })
        const requests = slidingLimit('requests', { amount: 10 })
        await take(state, charge(tokens, 900))
        const charges = [charge(requests), charge(tokens, 300)]
        const answer = await borrow(state, newTicket(), charges)
        if (!('denial' in answer)) throw new Error('there was no room')
        expect(answer.noOption).toBe(false)
        expect(answer.denial).toMatchObject({
          limit: tokens,
          subject: 'user:alice',
          needed: 300,
          remaining: 100,
        })
        expect(answer.denial.retryAfterMs).toBeGreaterThan(50_000)
        expect(answer.denial.retryAfterMs).toBeLessThan(62_000)
        expect(answer.readings).toMatchObject([{ remaining: 10 }, { remaining: 100 }])
      }))

    it('says that there will never be room for more than a limit holds', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('small', { amount: 10, burst: 5 })
        const answer = await borrow(state, newTicket(), [charge(limit, 16)])
        expect(answer).toMatchObject({ granted: false, denial: { retryAfterMs: null } })
        expect(await take(state, charge(limit, 15))).toBe(true)
      }))

    it('admits where the least is left, and takes the whole amount', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('least', { amount: 100, metric: 'tokens' })
        expect(await take(state, charge(limit, 90))).toBe(true)
        expect(await take(state, charge(limit, 60, 'user:alice', 11))).toBe(false)
        expect(await take(state, charge(limit, 60, 'user:alice', 10))).toBe(true)
        expect(await remaining(state, limit)).toBe(-50)
        const answer = await borrow(state, newTicket(), [charge(limit, 5, 'user:alice', 0)])
        expect(answer).toMatchObject({ granted: false, denial: { needed: 0, remaining: -50 } })
      }))

    it('holds another amount of the same limit against what was taken already', () =>
      withState(kind, async ({ state }) => {
        expect(await takeMany(state, 50, charge(slidingLimit('changed', { amount: 50 })))).toBe(50)
        const more = slidingLimit('changed', { amount: 80 })
        expect(await takeMany(state, 50, charge(more))).toBe(30)
        const less = slidingLimit('changed', { amount: 20 })
        expect(await remaining(state, less)).toBe(-60)
        expect(await take(state, charge(less))).toBe(false)
      }))

    it('counts exactly up to the largest amounts', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('large', { amount: 9_000_000_000_000_000, metric: 'cost' })
        expect(await take(state, charge(limit, 8_999_999_999_999_998))).toBe(true)
        expect(await takeMany(state, 5, charge(limit))).toBe(2)
      }))

    it('is not confused by amounts that are none', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('odd', { amount: 10 })
        for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
          expect(await take(state, charge(limit, odd))).toBe(false)
        }
        expect(await take(state, charge(limit, -5))).toBe(true)
        expect(await remaining(state, limit)).toBe(10)
        expect(await takeMany(state, 20, charge(limit))).toBe(10)
      }))

    it('tells what there is room for, and takes nothing by telling', () =>
      withState(kind, async ({ state }) => {
        const limit = slidingLimit('looked at', { amount: 10 })
        await take(state, charge(limit, 7))
        expect(state.look([charge(limit)])).toMatchObject([{ subject: 'user:alice', remaining: 3 }])
        expect(state.wouldDeny([charge(limit, 3)])).toBeNull()
        expect(state.wouldDeny([charge(limit, 2), charge(limit, 4)])).toMatchObject({
          needed: 4,
          remaining: 3,
        })
        expect(await takeMany(state, 10, charge(limit))).toBe(3)
      }))
  })
}
