import { bringUpToDate, type Instant, note } from '../../../core/limits/book.ts'
import { fieldOf, RESERVED, SINCE, setField, TOUCHED_AT } from '../../../core/limits/book-table.ts'
import { actualAmount, takenAmount } from '../../../core/limits/whole-amount.ts'
import type { Correction } from '../../../gateway/limit-state.ts'
import { letGo } from './holders.ts'
import type { Library } from './library.ts'

/**
 * Puts a book right about one borrowing. Returns by how much its use has changed: 0 where what was
 * borrowed does not count any more.
 */
export function settle(
  library: Library,
  { ticket, charge, actual, at }: Correction,
  book: number,
  now: Instant,
): number {
  const { shelf, terms } = library.entryOf(charge.limit)
  const { table, periods } = library
  const borrowed = takenAmount(charge.amount)
  // Settled twice, or never borrowed: a place given back twice would let one too many in.
  if (shelf.holders !== null && !letGo(shelf.holders, ticket, book)) return 0
  // What the book holds now was borrowed by others, also what of it is reserved.
  if (at < fieldOf(table, book, SINCE)) return 0
  if (terms.isEstimated) {
    setField(table, book, RESERVED, Math.max(0, fieldOf(table, book, RESERVED) - borrowed))
  }
  bringUpToDate(table, book, terms, periods, now)
  setField(table, book, TOUCHED_AT, now.monotonicMs)
  const difference = (shelf.holders !== null ? 0 : actualAmount(actual, borrowed)) - borrowed
  if (difference === 0) return 0
  return note(table, book, terms, difference, at, now.monotonicMs)
}

/** The book that something was borrowed from; 0: it is gone, and nothing has to be put right. */
export function borrowedFrom(library: Library, { charge, at }: Correction): number {
  const entry = library.entryOf(charge.limit)
  const { overflow } = entry.shelf
  const book = library.find(entry, charge.subject)
  const since = fieldOf(library.table, book, SINCE)
  return at < since && overflow !== 0 ? overflow : book
}
