import { note } from '../../../core/limits/book.ts'
import { setField, TOUCHED_AT } from '../../../core/limits/book-table.ts'
import { replayCalendar } from '../../../core/limits/calendar.ts'
import type { Limit } from '../../../core/limits/limit.ts'
import { limitOfBook } from '../../../core/limits/limit-of-book.ts'
import type { BookChange, BookName, BookStore } from '../../../gateway/book-store.ts'
import type { Library } from './library.ts'
import { restoreState } from './saved-state.ts'
import type { Entry } from './shelf.ts'
import type { Timekeeper } from './timekeeper.ts'

export interface Restored {
  /** Rows of books that have changed since they were saved. */
  readonly changed: readonly number[]
  /** Books of limits that are no more. */
  readonly removed: readonly BookName[]
}

/** Puts the books back as they were when the process before ended, however it did. */
export async function restore(
  library: Library,
  time: Timekeeper,
  store: BookStore,
  limits: readonly Limit[],
): Promise<Restored> {
  const { books, changes } = await store.load()
  const limitOf = limitOfBook(limits)
  const now = time.tick()
  const changed = new Set<number>()
  const removed: BookName[] = []
  for (const { limitId, subject, state, touchedAtMs } of books) {
    const limit = limitOf(limitId, subject)
    if (limit === undefined) {
      removed.push({ limitId, subject })
      continue
    }
    const entry = library.entryOf(limit)
    const book = library.findOrAdd(entry, subject, now.monotonicMs, now)
    restoreState(library.table, book, entry.terms, state, now.monotonicMs, time.offsetMs)
    const touchedAt = Math.min(touchedAtMs - time.offsetMs, now.monotonicMs)
    setField(library.table, book, TOUCHED_AT, touchedAt)
  }
  for (const change of changes) {
    const limit = limitOf(change.limitId, change.subject)
    if (limit === undefined) {
      removed.push({ limitId: change.limitId, subject: change.subject })
      continue
    }
    const entry = library.entryOf(limit)
    const book = library.findOrAdd(entry, change.subject, now.monotonicMs, now)
    replay(library, time, entry, book, change)
    changed.add(book)
  }
  for (let book = 1; book <= library.lastRow; book++) {
    if (!changed.has(book)) library.forgetIfFull(book, now)
  }
  return { changed: [...changed], removed }
}

function replay(
  { table, periods }: Library,
  { now, offsetMs }: Timekeeper,
  { terms }: Entry,
  book: number,
  { amount, atMs }: BookChange,
): void {
  if (terms.kind === 'calendar') {
    replayCalendar(table, book, terms, periods, amount, atMs, now.wallMs)
  } else {
    const takenAtMs = Math.min(atMs - offsetMs, now.monotonicMs)
    note(table, book, terms, amount, takenAtMs, now.monotonicMs)
  }
}
