import { describe, expect, it } from 'vitest'
import { borrowed, charge, concurrentLimit, remaining, slidingLimit, take } from './limits.ts'
import { itWhere, type StateKind, withState } from './state-kind.ts'

const hourMs = 3_600_000

export function describeUpkeep(kind: StateKind): void {
  describe('books', () => {
    const limit = slidingLimit('user requests/minute', { amount: 10, burst: 5 })
    const pairs = slidingLimit('user and model', { amount: 10, dimensions: ['user', 'model'] })

    it('are listed with what they hold', () =>
      withState(kind, async ({ state }) => {
        await take(state, charge(limit, 4), charge(pairs, 1, 'user:alice|model:fast'))
        await take(state, charge(limit, 2, 'user:bob'))
        const all = await state.books({ subject: null, limit: 10 })
        const names = all.map(({ subject }) => subject)
        expect(names.toSorted()).toEqual(['user:alice', 'user:alice|model:fast', 'user:bob'])
        const bobs = all.find(({ subject }) => subject === 'user:bob')
        expect(bobs).toMatchObject({ limit, used: 2, remaining: 13, reserved: 2 })
        expect(bobs?.resetMs).toBeGreaterThan(0)
        expect(bobs?.touchedAtMs).toBeGreaterThan(1_700_000_000_000)
      }))

    it('are listed for one subject, with others or without, and at most so many', () =>
      withState(kind, async ({ state }) => {
        await take(state, charge(limit), charge(pairs, 1, 'user:alice|model:fast'))
        await take(state, charge(limit, 1, 'user:bob'), charge(pairs, 1, 'user:bob|model:fast'))
        const names = async (subject: string | null, most = 10) =>
          (await state.books({ subject, limit: most })).map((book) => book.subject).toSorted()
        expect(await names('user:alice')).toEqual(['user:alice', 'user:alice|model:fast'])
        expect(await names('model:fast|user:bob')).toEqual(['user:bob|model:fast'])
        expect(await names('user:al')).toEqual([])
        expect(await names(null, 3)).toHaveLength(3)
      }))

    it('are as if nothing had been taken after a reset, and others as before', () =>
      withState(kind, async ({ state }) => {
        const places = concurrentLimit('places', 2)
        const settle = await borrowed(state, charge(limit, 12), charge(places))
        await take(state, charge(limit, 12, 'user:bob'))
        expect(await state.reset({ subject: 'user:alice', limit: 10 })).toBe(2)
        expect(await remaining(state, limit)).toBe(15)
        expect(await remaining(state, places)).toBe(2)
        expect(await remaining(state, limit, 'user:bob')).toBe(3)
        // What was borrowed before it is settled: it must not give back what others took since.
        await borrowed(state, charge(places))
        settle(0, 0)
        expect(await remaining(state, places)).toBe(1)
      }))

    it('get nothing back of what was taken before a reset', () =>
      withState(kind, async ({ state, advance }) => {
        const settle = await borrowed(state, charge(limit, 12))
        await state.reset({ subject: 'user:alice', limit: 10 })
        await advance(5)
        await take(state, charge(limit, 9))
        settle(0)
        expect(await remaining(state, limit)).toBe(6)
        const books = await state.books({ subject: 'user:alice', limit: 10 })
        expect(books).toMatchObject([{ used: 9, reserved: 9 }])
      }))

    itWhere(kind.virtualTime)(
      'are forgotten when they are full and nobody has asked for long',
      () =>
        withState(kind, async ({ state, advance }) => {
          await take(state, charge(limit))
          await advance(23 * hourMs)
          await take(state, charge(limit, 1, 'user:bob'))
          expect(await state.cleanup(24 * hourMs)).toBe(0)
          await advance(2 * hourMs)
          expect(await state.cleanup(24 * hourMs)).toBe(1)
          const left = await state.books({ subject: null, limit: 10 })
          expect(left.map(({ subject }) => subject)).toEqual(['user:bob'])
        }),
    )

    itWhere(kind.virtualTime)('are not forgotten while something is taken or under way', () =>
      withState(kind, async ({ state, advance }) => {
        const long = slidingLimit('hourly', { amount: 5 }, 48 * hourMs)
        const places = concurrentLimit('places', 2)
        await take(state, charge(long), charge(places))
        await advance(25 * hourMs)
        expect(await state.cleanup(24 * hourMs)).toBe(0)
        expect(state.health().books).toBe(2)
      }),
    )

    it('say how they are', () =>
      withState(kind, async ({ state }) => {
        await take(state, charge(limit))
        expect(state.health()).toMatchObject({ mode: 'exact', message: null, replicas: 1 })
      }))
  })
}
