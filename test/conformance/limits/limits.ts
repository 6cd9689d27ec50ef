import type { Charge, Limit, Period } from '../../../src/core/limits/limit.ts'
import type { Borrowed, LimitState } from '../../../src/gateway/limit-state.ts'

type Figures = Pick<Limit, 'amount'> & Partial<Limit>

/** In no stretch of a minute more than amount + burst. */
export function slidingLimit(id: string, figures: Figures, lengthMs = 60_000): Limit {
  return {
    id,
    dimensions: ['user'],
    only: {},
    metric: 'tokens',
    per: 'minute',
    window: { kind: 'sliding', lengthMs },
    burst: 0,
    strict: false,
    expiresAtMs: null,
    ...figures,
  }
}

export function calendarLimit(
  id: string,
  period: Period,
  figures: Figures,
  timeZone = 'UTC',
): Limit {
  const window = { kind: 'calendar', period, timeZone } as const
  return { ...slidingLimit(id, figures), per: period, window }
}

export function concurrentLimit(id: string, amount: number): Limit {
  const window = { kind: 'held' } as const
  return { ...slidingLimit(id, { amount }), metric: 'concurrent', per: null, window }
}

export function charge(limit: Limit, amount = 1, subject = 'user:alice', least = amount): Charge {
  return { limit, subject, amount, least }
}

export function borrow(
  state: LimitState,
  ticket: string,
  charges: readonly Charge[],
  options: readonly (readonly Charge[])[] = [],
): Promise<Borrowed> {
  return new Promise((resolve) => state.borrow({ ticket, charges, options }, resolve))
}

/** Tickets are unique in all tests: states may outlive one. */
let tickets = 0
export const newTicket = (): string => `wb_${process.pid}_${++tickets}`

/** Whether it was there to take. */
export async function take(state: LimitState, ...charges: readonly Charge[]): Promise<boolean> {
  return (await borrow(state, newTicket(), charges)).granted
}

/** How many of so many borrowings are granted. */
export async function takeMany(
  state: LimitState,
  times: number,
  ...charges: readonly Charge[]
): Promise<number> {
  let granted = 0
  for (let time = 0; time < times; time++) if (await take(state, ...charges)) granted++
  return granted
}

/** Borrows, or fails the test; returns what settles it. */
export async function borrowed(
  state: LimitState,
  ...charges: readonly Charge[]
): Promise<(...actual: readonly number[]) => void> {
  const ticket = newTicket()
  const answer = await borrow(state, ticket, charges)
  if (!answer.granted) throw new Error('there was no room')
  return (...actual) => {
    const corrections = charges.map((each, index) => {
      return { ticket, charge: each, actual: actual[index] ?? 0, at: answer.at }
    })
    state.settle(corrections)
  }
}

/** What is left, by what a borrowing of nothing is told: the same for states in other processes. */
export async function remaining(
  state: LimitState,
  limit: Limit,
  subject?: string,
): Promise<number> {
  const answer = await borrow(state, newTicket(), [charge(limit, 0, subject, -1e16)])
  const [reading] = 'readings' in answer ? answer.readings : []
  if (reading === undefined) throw new Error('a borrowing of nothing was not answered')
  return reading.remaining
}
