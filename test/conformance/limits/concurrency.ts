import { describe, expect, it } from 'vitest'
import {
  borrow,
  borrowed,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
  take,
  takeMany,
} from './limits.ts'
import { type StateKind, withState } from './state-kind.ts'

export function describeConcurrency(kind: StateKind): void {
  describe('requests at the same time', () => {
    const limit = concurrentLimit('places', 3)

    it('has so many places, and each is free again when it is given back', () =>
      withState(kind, async ({ state }) => {
        const first = await borrowed(state, charge(limit))
        expect(await takeMany(state, 5, charge(limit))).toBe(2)
        const answer = await borrow(state, newTicket(), [charge(limit)])
        expect(answer).toMatchObject({ granted: false, denial: { needed: 1, remaining: 0 } })
        first(0)
        expect(await takeMany(state, 5, charge(limit))).toBe(1)
      }))

    it('asks to come back, for a place may be free any time', () =>
      withState(kind, async ({ state }) => {
        await takeMany(state, 3, charge(limit))
        const answer = await borrow(state, newTicket(), [charge(limit)])
        if (!('denial' in answer)) throw new Error('there was no room')
        expect(answer.denial.retryAfterMs).toBeGreaterThan(0)
        expect(answer.denial.retryAfterMs).toBeLessThanOrEqual(60_000)
      }))

    it('lets nobody in for a place that is given back twice, or by a stranger', () =>
      withState(kind, async ({ state }) => {
        const settle = await borrowed(state, charge(limit))
        await takeMany(state, 2, charge(limit))
        settle(0)
        settle(0)
        state.settle([{ ticket: 'wb_stranger', charge: charge(limit), actual: 0, at: 0 }])
        expect(await takeMany(state, 5, charge(limit))).toBe(1)
      }))

    it('frees nothing for a place from before a reset', () =>
      withState(kind, async ({ state }) => {
        const settle = await borrowed(state, charge(limit))
        await state.reset({ subject: 'user:alice', limit: 10 })
        expect(await takeMany(state, 5, charge(limit))).toBe(3)
        settle(0)
        expect(await take(state, charge(limit))).toBe(false)
      }))

    it('holds no place of a request that other limits turn away', () =>
      withState(kind, async ({ state }) => {
        const empty = slidingLimit('empty', { amount: 1 })
        await take(state, charge(empty))
        expect(await takeMany(state, 9, charge(limit), charge(empty))).toBe(0)
        expect(await remaining(state, limit)).toBe(3)
      }))

    it('gives every place back after a thousand requests, in whatever order they end', () =>
      withState(kind, async ({ state }) => {
        const wide = concurrentLimit('wide', 400)
        for (let round = 0; round < 3; round++) {
          const under = await Promise.all(
            Array.from({ length: 333 }, () => borrowed(state, charge(wide))),
          )
          for (const [index, settle] of under.entries()) if (index % 2 === 0) settle(0)
          for (const [index, settle] of under.entries()) if (index % 2 === 1) settle(0)
        }
        expect(await remaining(state, wide)).toBe(400)
      }))
  })
}
