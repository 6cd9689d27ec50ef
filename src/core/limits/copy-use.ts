import type { Instant } from './book.ts'
import {
  type BookTable,
  fieldOf,
  MARK,
  NEWEST,
  STRETCH,
  setField,
  slotField,
  USED,
} from './book-table.ts'
import { noteSliding } from './sliding.ts'
import type { Terms } from './terms.ts'

/**
 * Counts all that is used of one book as used of a new one too; of a window, as if it had been taken at
 * the last of it: never less than there is to count.
 */
export function copyUse(
  table: BookTable,
  from: number,
  to: number,
  terms: Terms,
  now: Instant,
): void {
  const used = fieldOf(table, from, USED)
  if (terms.kind === 'sliding') {
    const lastMs = slotField(table, fieldOf(table, from, NEWEST), STRETCH) * terms.stretchMs
    noteSliding(table, to, terms, used, Math.min(now.monotonicMs, lastMs), now.monotonicMs)
  } else {
    setField(table, to, USED, used)
  }
  setField(table, to, MARK, fieldOf(table, from, MARK))
}
