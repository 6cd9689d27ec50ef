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

/** An answer about the options that were kept, as one about all of them. */
export function amongAll(borrowed: Borrowed, options: readonly number[]): Borrowed {
  if (!borrowed.granted || borrowed.option < 0) return borrowed
  return { ...borrowed, option: options[borrowed.option] ?? -1 }
}
