import { bringUpToDate, leftIn, untilItIsFull } from '../../../core/limits/book.ts'
import { fieldOf, TOUCHED_AT } from '../../../core/limits/book-table.ts'
import type { Terms } from '../../../core/limits/terms.ts'
import type { SavedBook } from '../../../gateway/book-store.ts'
import type { Library } from './library.ts'
import { savedState } from './saved-state.ts'
import type { Timekeeper } from './timekeeper.ts'

/** Those of these books that a store keeps, as they are now. */
export function savedBooks(
  library: Library,
  time: Timekeeper,
  books: Iterable<number>,
): readonly SavedBook[] {
  const saved: SavedBook[] = []
  for (const book of books) {
    const shelf = library.shelfOf(book)
    const terms = library.termsOf(book)
    if (shelf?.kept && terms !== undefined) {
      saved.push(savedBook(library, time, book, shelf.limitId, terms))
    }
  }
  return saved
}

function savedBook(
  library: Library,
  { now, offsetMs }: Timekeeper,
  book: number,
  limitId: string,
  terms: Terms,
): SavedBook {
  const { table, periods } = library
  bringUpToDate(table, book, terms, periods, now)
  return {
    limitId,
    subject: library.subjectOf(book),
    state: savedState(table, book, terms, now.monotonicMs, offsetMs),
    remaining: Math.floor(leftIn(table, book, terms)),
    capacity: terms.capacity,
    resetAtMs: Math.ceil(now.wallMs + untilItIsFull(table, book, terms, now)),
    touchedAtMs: Math.round(fieldOf(table, book, TOUCHED_AT) + offsetMs),
  }
}
