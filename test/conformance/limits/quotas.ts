import { describe, expect, it } from 'vitest'
import { defaultWindow } from '../../../src/core/limits/default-window.ts'
import type { Limit } from '../../../src/core/limits/limit.ts'
import { type LimitsInForce, openLimitsInForce } from '../../../src/core/limits/limits-in-force.ts'
import type { LimitState } from '../../../src/gateway/limit-state.ts'
import { limitsFor, standings } from '../../../src/gateway/standings.ts'
import { aSetLimit } from '../../unit/core/limits/some-limits.ts'
import { borrow, calendarLimit, concurrentLimit, newTicket, slidingLimit } from './limits.ts'
import { describeWhere, itWhere, type StateKind, withState } from './state-kind.ts'

const asker = { client: 'web', policy: 'gold', model: 'fast', user: 'alice', ip: null }
const bob = { ...asker, user: 'bob' }

const general: readonly (readonly [kind: string, limit: Limit])[] = [
  ['slides', slidingLimit('user tokens/hour', { amount: 5, per: 'hour' }, 3_600_000)],
  ['follows the calendar', calendarLimit('user tokens/day', 'day', { amount: 5 }, 'Asia/Tokyo')],
  ['holds places', concurrentLimit('user concurrent', 5)],
]

/** How many of ten requests of one user are admitted, with what is in force now. */
async function admitted(state: LimitState, limits: LimitsInForce, who = asker): Promise<number> {
  let count = 0
  for (let time = 0; time < 10; time++) {
    const charges = limits.at(Date.now()).ofAsker(who)
    if ((await borrow(state, newTicket(), charges)).granted) count++
  }
  return count
}

async function listed(state: LimitState, limits: LimitsInForce, user = 'alice') {
  const books = await state.books({ subject: `user:${user}`, limit: 10 })
  const found = { books, areAll: true, areAllOf: () => true }
  const binding = limitsFor(limits.at(Date.now()).all, { user })
  return standings(binding, { user }, found, 10).map(({ limit, used, remaining }) => ({
    amount: limit.amount,
    used,
    remaining,
  }))
}

export function describeQuotas(kind: StateKind): void {
  describe.each(general)('a quota in place of a limit that %s', (_kind, limit) => {
    const { metric, per } = limit
    const quota = (amount: number, expiresAtMs: number | null = null) =>
      aSetLimit('user', 'alice', amount, { metric, per, expiresAtMs })

    it('counts what was used already, when it is set, changed and removed', () =>
      withState(kind, async ({ state }) => {
        const limits = openLimitsInForce([limit], [])
        expect(await admitted(state, limits)).toBe(5)
        limits.set([quota(3)])
        expect(await admitted(state, limits)).toBe(0)
        expect(await listed(state, limits)).toEqual([{ amount: 3, used: 5, remaining: -2 }])
        limits.set([quota(7)])
        expect(await listed(state, limits)).toEqual([{ amount: 7, used: 5, remaining: 2 }])
        expect(await admitted(state, limits)).toBe(2)
        expect(await listed(state, limits)).toEqual([{ amount: 7, used: 7, remaining: 0 }])
        limits.set([])
        expect(await listed(state, limits)).toEqual([{ amount: 5, used: 7, remaining: -2 }])
        expect(await admitted(state, limits)).toBe(0)
      }))

    it('counts what was used already when it expires', () =>
      withState(kind, async ({ state }) => {
        const limits = openLimitsInForce([limit], [quota(7, Date.now() + 50)])
        expect(await admitted(state, limits)).toBe(7)
        await new Promise((resolve) => setTimeout(resolve, 60))
        expect(await admitted(state, limits)).toBe(0)
      }))

    it('is for one, and leaves others what they have', () =>
      withState(kind, async ({ state }) => {
        const limits = openLimitsInForce([limit], [quota(2)])
        expect(await admitted(state, limits)).toBe(2)
        expect(await admitted(state, limits, bob)).toBe(5)
        expect(await listed(state, limits)).toEqual([{ amount: 2, used: 2, remaining: 0 }])
        expect(await listed(state, limits, 'bob')).toEqual([{ amount: 5, used: 5, remaining: 0 }])
      }))

    it('goes on with what it had when a limit for all is configured', () =>
      withState(kind, async ({ state }) => {
        const limits = openLimitsInForce([], [quota(7)])
        expect(await admitted(state, limits)).toBe(7)
        limits.configure([{ ...limit, window: defaultWindow(per) }])
        expect(await admitted(state, limits)).toBe(0)
        limits.set([])
        expect(await admitted(state, limits)).toBe(0)
      }))

    it('gives back places and amounts to the book they are of', () =>
      withState(kind, async ({ state }) => {
        const limits = openLimitsInForce([limit], [])
        const [charge] = limits.at(0).ofAsker(asker)
        if (charge === undefined) throw new Error('the limit binds')
        const ticket = newTicket()
        const answer = await borrow(state, ticket, [charge])
        if (!answer.granted) throw new Error('there was room')
        limits.set([quota(1)])
        expect(await admitted(state, limits)).toBe(0)
        state.settle([{ ticket, charge, actual: 0, at: answer.at }])
        expect(await admitted(state, limits)).toBe(1)
      }))
  })

  describeWhere(kind.survives.length > 0)('a quota over the end of a process', () => {
    const kept = general.filter(([, { metric }]) => metric !== 'concurrent')
    const cases = kept.flatMap(([name, limit]) =>
      kind.survives.map((ending) => [name, ending, limit] as const),
    )

    it.each(cases)('in place of a limit that %s, when it is %s', (_name, ending, limit) =>
      withState(kind, async (opened) => {
        const { metric, per } = limit
        const quota = (amount: number) => aSetLimit('user', 'alice', amount, { metric, per })
        const limits = openLimitsInForce([limit], [])
        const restart = () => opened.restart(ending, limits.at(Date.now()).all)
        expect(await admitted(opened.state, limits)).toBe(5)
        limits.set([quota(7)])
        await restart()
        expect(await admitted(opened.state, limits)).toBe(2)
        await opened.advance(6_000)
        expect(await admitted(opened.state, limits, bob)).toBe(5)
        await restart()
        expect(await listed(opened.state, limits)).toEqual([{ amount: 7, used: 7, remaining: 0 }])
        expect(await admitted(opened.state, limits)).toBe(0)
        // It ends while no gateway runs.
        limits.set([])
        await restart()
        expect(await listed(opened.state, limits)).toEqual([{ amount: 5, used: 7, remaining: -2 }])
        expect(await admitted(opened.state, limits)).toBe(0)
        expect(await admitted(opened.state, limits, bob)).toBe(0)
      }),
    )
  })

  const hourly = slidingLimit('user tokens/hour', { amount: 50, per: 'hour' }, 3_600_000)

  itWhere(kind.virtualTime)(
    'a quota pays its burst back at its own rate, whatever others may',
    () =>
      withState(kind, async ({ state, advance }) => {
        const own = aSetLimit('user', 'alice', 2, { metric: 'tokens', per: 'hour', burst: 3 })
        const limits = openLimitsInForce([hourly], [own])
        expect(await admitted(state, limits)).toBe(5)
        expect(await admitted(state, limits, bob)).toBe(10)
        for (let part = 0; part < 4; part++) {
          await advance(910_000)
          await state.cleanup(0)
        }
        expect(await admitted(state, limits)).toBe(2)
      }),
  )
}
