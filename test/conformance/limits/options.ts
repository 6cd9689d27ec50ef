import { describe, expect, it } from 'vitest'
import {
  borrow,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
  take,
} from './limits.ts'
import { type StateKind, withState } from './state-kind.ts'

export function describeOptions(kind: StateKind): void {
  describe('options', () => {
    const caller = slidingLimit('caller', { amount: 100 })
    const provider = slidingLimit('provider', { amount: 2 })
    const at = (name: string, amount = 1) => [charge(provider, amount, `provider:${name}`)]

    it('charges the first that has room, beside the caller', () =>
      withState(kind, async ({ state }) => {
        const chosen: number[] = []
        for (let request = 0; request < 4; request++) {
          const options = [at('a'), at('b')]
          const answer = await borrow(state, newTicket(), [charge(caller)], options)
          if (answer.granted) chosen.push(answer.option)
        }
        expect(chosen).toEqual([0, 0, 1, 1])
        expect(await remaining(state, caller)).toBe(96)
        expect(await remaining(state, provider, 'provider:a')).toBe(0)
        expect(await remaining(state, provider, 'provider:b')).toBe(0)
      }))

    it('has room where nothing is asked for', () =>
      withState(kind, async ({ state }) => {
        const options = [at('a', 3), []]
        const answer = await borrow(state, newTicket(), [charge(caller)], options)
        expect(answer).toMatchObject({ granted: true, option: 1 })
      }))

    it('passes over an option of which only a part has room, and takes nothing of it', () =>
      withState(kind, async ({ state }) => {
        const places = concurrentLimit('places', 1)
        await take(state, charge(places, 1, 'target:a/x'))
        const partly = [...at('a'), charge(places, 1, 'target:a/x')]
        const answer = await borrow(state, newTicket(), [charge(caller)], [partly, at('b')])
        expect(answer).toMatchObject({ granted: true, option: 1 })
        expect(await remaining(state, provider, 'provider:a')).toBe(2)
      }))

    it('takes nothing of the caller when no option has room, and names the first to have it', () =>
      withState(kind, async ({ state }) => {
        const hourly = slidingLimit('hourly', { amount: 5 }, 3_600_000)
        await take(state, charge(hourly, 5, 'provider:a'))
        await take(state, ...at('b', 2))
        const options = [[charge(hourly, 1, 'provider:a')], at('b'), at('c', 3)]
        const answer = await borrow(state, newTicket(), [charge(caller)], options)
        if (!('denial' in answer)) throw new Error('there was no room')
        expect(answer.noOption).toBe(true)
        expect(answer.denial).toMatchObject({ subject: 'provider:b', needed: 1, remaining: 0 })
        expect(answer.readings).toMatchObject([{ limit: caller, remaining: 100 }])
        expect(await remaining(state, caller)).toBe(100)
      }))

    it('names the caller when it is the caller that has no room', () =>
      withState(kind, async ({ state }) => {
        await take(state, charge(caller, 100))
        const answer = await borrow(state, newTicket(), [charge(caller)], [at('a')])
        expect(answer).toMatchObject({
          granted: false,
          noOption: false,
          denial: { limit: caller, needed: 1, remaining: 0 },
        })
        expect(await remaining(state, provider, 'provider:a')).toBe(2)
      }))

    it('names, of several that have no room, the last to have it again', () =>
      withState(kind, async ({ state }) => {
        const short = slidingLimit('short', { amount: 1 }, 5_000)
        const long = slidingLimit('long', { amount: 1 }, 3_600_000)
        const charges = [charge(short), charge(long), charge(short, 1, 'user:bob')]
        await take(state, ...charges)
        const answer = await borrow(state, newTicket(), charges)
        expect(answer).toMatchObject({ granted: false, denial: { limit: long } })
        const never = await borrow(state, newTicket(), [charge(long), charge(short, 2)])
        expect(never).toMatchObject({ denial: { limit: short, retryAfterMs: null } })
      }))
  })
}
