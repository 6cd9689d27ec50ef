import { isEstimated } from '../../../core/limits/charges-of.ts'
import type { Binding, Limit } from '../../../core/limits/limit.ts'
import { actualAmount, takenAmount } from '../../../core/limits/whole-amount.ts'
import type { Correction } from '../../../gateway/limit-state.ts'
import type { BookList } from './book-list.ts'

/** What is to become of one book, whatever is left in it. */
export interface Change extends Binding {
  /** Held books: whose place is given back; null: the amounts count. */
  readonly ticket: string | null
  /** When it counts, in the time of the server. */
  readonly atMs: number
  readonly amount: number
  /** What of it is borrowed and not settled; negative where it now is. */
  readonly reserved: number
}

/** What was taken from a book that is not held. */
export function taken(binding: Binding, amount: number, atMs: number): Change {
  const { limit, subject } = binding
  const whole = takenAmount(amount)
  return { limit, subject, ticket: null, atMs, amount: whole, reserved: reservedOf(limit, whole) }
}

/** What was taken is given back as if it had never been. */
export function undone(binding: Binding, amount: number, atMs: number, ticket: string): Change {
  const { limit, subject } = binding
  const whole = takenAmount(amount)
  const reserved = -reservedOf(limit, whole)
  return { limit, subject, ticket: ticketOf(limit, ticket), atMs, amount: -whole, reserved }
}

export function corrected({ ticket, charge, actual, at }: Correction): Change {
  const { limit, subject } = charge
  const borrowed = takenAmount(charge.amount)
  const amount = actualAmount(actual, borrowed) - borrowed
  const reserved = -reservedOf(limit, borrowed)
  return { limit, subject, ticket: ticketOf(limit, ticket), atMs: at, amount, reserved }
}

function reservedOf({ metric }: Limit, amount: number): number {
  return isEstimated(metric) ? amount : 0
}

function ticketOf({ window }: Limit, ticket: string): string | null {
  return window.kind === 'held' ? ticket : null
}

/** Changes as arguments of `adjustScript`; their books come into the list. */
export function argumentsOfChanges(changes: readonly Change[], books: BookList): string[] {
  const values: string[] = []
  for (const change of changes) {
    values.push(
      String(books.placeOf(change)),
      change.ticket ?? String(change.atMs),
      String(change.amount),
      String(change.reserved),
    )
  }
  return values
}
