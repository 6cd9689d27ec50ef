import type { RedisState } from '../../../src/adapters/state/redis/redis-state.ts'
import type { Charge } from '../../../src/core/limits/limit.ts'
import type { Borrowed } from '../../../src/gateway/limit-state.ts'
import { borrow, newTicket } from '../../conformance/limits/limits.ts'

export function ask(
  { limits }: RedisState,
  ticket: string,
  charges: readonly Charge[],
  options: readonly (readonly Charge[])[] = [],
): Promise<Borrowed> {
  return borrow(limits, ticket, charges, options)
}

/** So many callers, spread over the gateways, each asking so many times, one after the other. */
export async function callers(
  states: readonly RedisState[],
  count: number,
  times: number,
  charges: (caller: number) => readonly Charge[],
): Promise<Borrowed[]> {
  const answers: Borrowed[] = []
  const caller = async (number: number) => {
    const state = states[number % states.length]
    for (let time = 0; time < times && state !== undefined; time++) {
      answers.push(await ask(state, newTicket(), charges(number)))
    }
  }
  await Promise.all(Array.from({ length: count }, (_, number) => caller(number)))
  return answers
}

export function grantedIn(answers: readonly Borrowed[]): number {
  return answers.filter(({ granted }) => granted).length
}

/** What is left in the books of these charges, by a borrowing of nothing. */
export async function leftIn(
  state: RedisState,
  charges: readonly Charge[],
): Promise<readonly number[]> {
  const nothing = charges
    .filter(({ limit }) => limit.window.kind !== 'held')
    .map((each) => ({ ...each, amount: 0, least: -1e16 }))
  const answer = await ask(state, newTicket(), nothing)
  const readings = 'readings' in answer ? answer.readings : []
  // A place cannot be borrowed without being held.
  const places = charges.filter(({ limit }) => limit.window.kind === 'held')
  const listed = places.length === 0 ? [] : await state.limits.books({ subject: null, limit: 100 })
  return [
    ...readings.map(({ remaining }) => remaining),
    ...places.map(({ limit: { id, amount } }) => {
      const book = listed.find(({ limit }) => limit.id === id)
      return book === undefined ? amount : book.remaining
    }),
  ]
}
