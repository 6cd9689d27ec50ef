import { arrayAt, type JsonObject, numberAt } from '../../../core/json.ts'
import { note } from '../../../core/limits/book.ts'
import {
  AMOUNT,
  type BookTable,
  fieldOf,
  LATER,
  MARK,
  MARK_AT,
  OLDEST,
  STRETCH,
  setField,
  slotField,
  USED,
} from '../../../core/limits/book-table.ts'
import type { Terms } from '../../../core/limits/terms.ts'

/** What of a book outlives the process. `offsetMs`: wall time less monotonic time. */
export function savedState(
  table: BookTable,
  book: number,
  terms: Terms,
  nowMs: number,
  offsetMs: number,
): JsonObject {
  if (terms.kind !== 'sliding') {
    const used = fieldOf(table, book, USED)
    return { used, periodStartMs: fieldOf(table, book, MARK) }
  }
  // Amounts, each with the last instant at which it may have been taken.
  const taken: number[] = []
  for (let slot = fieldOf(table, book, OLDEST); slot !== 0; slot = slotField(table, slot, LATER)) {
    const endMs = (slotField(table, slot, STRETCH) + 1) * terms.stretchMs
    const amount = slotField(table, slot, AMOUNT)
    if (amount > 0) taken.push(Math.ceil(Math.min(endMs, nowMs) + offsetMs), amount)
  }
  const owedAtMs = fieldOf(table, book, MARK_AT) + offsetMs
  return { taken, owed: fieldOf(table, book, MARK), owedAtMs }
}

/**
 * Adds what was saved to a book; what cannot be read is left out. Nothing counts from the future: where
 * the clock was put back meanwhile, it counts from now.
 */
export function restoreState(
  table: BookTable,
  book: number,
  terms: Terms,
  saved: JsonObject,
  nowMs: number,
  offsetMs: number,
): void {
  if (terms.kind !== 'sliding') {
    const used = Math.max(0, numberAt(saved, 'used') ?? 0)
    setField(table, book, USED, fieldOf(table, book, USED) + used)
    setField(table, book, MARK, numberAt(saved, 'periodStartMs') ?? 0)
    return
  }
  const owed = fieldOf(table, book, MARK) + Math.max(0, numberAt(saved, 'owed') ?? 0)
  const taken = arrayAt(saved, 'taken')
  for (let at = 0; at + 1 < taken.length; at += 2) {
    const atMs = taken[at]
    const amount = taken[at + 1]
    if (typeof atMs !== 'number' || typeof amount !== 'number') continue
    note(table, book, terms, amount, Math.min(atMs - offsetMs, nowMs), nowMs)
  }
  const owedAtMs = (numberAt(saved, 'owedAtMs') ?? 0) - offsetMs
  setField(table, book, MARK, owed)
  setField(table, book, MARK_AT, Math.min(owedAtMs, nowMs))
}
