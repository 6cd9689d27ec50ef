import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Charge, Limit } from '../../../src/core/limits/limit.ts'
import type { Correction } from '../../../src/gateway/limit-state.ts'
import {
  borrow,
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
} from './limits.ts'
import { type OpenedState, type StateKind, withState } from './state-kind.ts'

/** Wide windows: nothing comes back by itself while a model runs, so plain sums are the truth. */
const limits: readonly Limit[] = [
  slidingLimit('requests', { amount: 30, burst: 5 }, 3_600_000),
  slidingLimit('tokens', { amount: 2_000, metric: 'tokens' }, 3_600_000),
  calendarLimit('cost', 'month', { amount: 900_000_000_000, metric: 'cost' }),
  concurrentLimit('places', 6),
]
const subjects = ['user:alice', 'user:bob']

const amountsOf = [1, 120, 40_000_000_000, 1]

const asked = fc.subarray([0, 1, 2, 3, 4, 5, 6, 7])

const command = fc.record({
  charges: asked,
  options: fc.array(asked, { maxLength: 3 }),
  /** In tenths of the usual; of the end, in tenths of what was borrowed. */
  size: fc.integer({ min: 0, max: 30 }),
  actual: fc.integer({ min: 0, max: 25 }),
  ends: fc.integer({ min: 0, max: 4 }),
})
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

export function describeBooksModel(kind: StateKind): void {
  describe('several books, whatever is taken and given back', () => {
    it('agree with plain sums: all or nothing, the first option with room, nothing lost', async () => {
      const property = fc.asyncProperty(
        fc.array(command, { minLength: 5, maxLength: 60 }),
        (commands) => withState(kind, (opened) => follow(opened, commands)),
      )
      const numRuns = kind.inProcess ? 80 : 15
      await fc.assert(property, { seed: 20_261_121, numRuns })
    })
  })
}

/** `limits` × `subjects`, by number: what is used of each. */
class Sums {
  readonly used = new Map<string, number>()

  fits(charges: readonly Charge[]): boolean {
    return charges.every((each) => this.left(each) >= each.least)
  }

  left({ limit, subject }: Charge): number {
    return limit.amount + limit.burst - (this.used.get(`${limit.id} ${subject}`) ?? 0)
  }

  add({ limit, subject }: Charge, amount: number): void {
    const name = `${limit.id} ${subject}`
    this.used.set(name, (this.used.get(name) ?? 0) + amount)
  }
}

async function follow({ state }: OpenedState, commands: readonly Command[]): Promise<void> {
  const sums = new Sums()
  const underWay: Correction[][] = []
  for (const { charges, options, size, actual, ends } of commands) {
    // No book twice in one borrowing: a request is bound once by each.
    const own = charges.filter((number) => number < 4).map((number) => chargeOf(number, size))
    const rest = options.map((option) =>
      option.filter((number) => number >= 4).map((number) => chargeOf(number, size)),
    )
    const ticket = newTicket()
    const answer = await borrow(state, ticket, own, rest)
    const option = sums.fits(own) ? rest.findIndex((each) => sums.fits(each)) : -1
    const fits = sums.fits(own) && (rest.length === 0 || option >= 0)
    expect(answer.granted).toBe(fits)
    if (answer.granted) {
      expect(answer.option).toBe(option)
      const taken = [...own, ...(rest[option] ?? [])]
      for (const each of taken) sums.add(each, each.amount)
      expect(answer.readings.map(({ remaining: left }) => left)).toEqual(
        own.map((each) => sums.left(each)),
      )
      underWay.push(
        taken.map((each) => {
          const held = each.limit.metric === 'concurrent'
          const used = held ? 0 : Math.round((each.amount * actual) / 10)
          return { ticket, charge: each, actual: used, at: answer.at }
        }),
      )
    } else if ('denial' in answer) {
      expect(answer.noOption).toBe(sums.fits(own))
      expect(answer.denial.remaining).toBeLessThan(answer.denial.needed)
    }
    for (const corrections of underWay.splice(0, ends)) settle(corrections)
  }
  for (const corrections of underWay) settle(corrections)
  for (const number of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const { limit, subject } = chargeOf(number, 10)
    const left = await remaining(state, limit, subject)
    expect(left).toBe(sums.left(chargeOf(number, 10)))
  }
  const books = await state.books({ subject: null, limit: 100 })
  expect(books.every(({ reserved }) => reserved === 0)).toBe(true)

  function settle(corrections: readonly Correction[]): void {
    for (const each of corrections) sums.add(each.charge, each.actual - each.charge.amount)
    state.settle(corrections)
  }
}

/** 0 to 3: alice's books, 4 to 7: bob's. */
function chargeOf(number: number, size: number): Charge {
  const limit = limits[number % 4] ?? limits[0]
  if (limit === undefined) throw new Error('there are four limits')
  const usual = amountsOf[number % 4] ?? 1
  const amount = usual === 1 ? 1 : Math.round((usual * size) / 10)
  return charge(limit, amount, subjects[number < 4 ? 0 : 1])
}
