import { countsRequests } from '../../../core/limits/charges-of.ts'
import type { Charge, Limit } from '../../../core/limits/limit.ts'
import type { Borrowed, Borrowing } from '../../../gateway/limit-state.ts'

/** What may be decided without the shared books, or the strict limit that forbids it. */
export type Decidable =
  | {
      readonly borrowing: Borrowing /** Of its options, which they were. */
      readonly options: readonly number[]
    }
  | { readonly unavailable: Limit }

/** Strict limits are held by the shared books or by nobody: options on which one binds are left out. */
export function withoutStrict(borrowing: Borrowing): Decidable {
  const { ticket, charges, options } = borrowing
  const strict = strictOf(charges)
  if (strict !== null) return { unavailable: strict }
  const kept: (readonly Charge[])[] = []
  const places: number[] = []
  let last: Limit | null = null
  for (const [place, option] of options.entries()) {
    const binding = strictOf(option)
    if (binding === null) {
      kept.push(option)
      places.push(place)
    } else {
      last = binding
    }
  }
  if (kept.length === 0 && last !== null) return { unavailable: last }
  return { borrowing: { ticket, charges, options: kept }, options: places }
}

function strictOf(charges: readonly Charge[]): Limit | null {
  for (const { limit } of charges) if (limit.strict) return limit
  return null
}

/**
 * An estimate that is larger than the share, but not than the limit, has to fit when all of the share is
 * there: else nothing of a model that nobody has asked before would pass.
 */
export function fittedTo(borrowing: Borrowing, share: number): Borrowing {
  const { ticket, charges, options } = borrowing
  if (share >= 1) return borrowing
  const fit = (charge: Charge) => fitted(charge, share)
  return { ticket, charges: charges.map(fit), options: options.map((option) => option.map(fit)) }
}

/** `share` is less than 1. */
export function fitted(charge: Charge, share: number): Charge {
  const { limit, least } = charge
  const all = limit.amount + limit.burst
  const most = Math.floor(all * share)
  return countsRequests(limit.metric) || least <= most || least > all
    ? charge
    : { ...charge, least: most }
}

/** An answer about the options that were kept, as one about all of them. */
export function amongAll(borrowed: Borrowed, options: readonly number[]): Borrowed {
  if (!borrowed.granted || borrowed.option < 0) return borrowed
  return { ...borrowed, option: options[borrowed.option] ?? -1 }
}
