import { setImmediate } from 'node:timers/promises'
import { bringUpToDate, leftIn, untilItIsFull } from '../../../core/limits/book.ts'
import { fieldOf, RESERVED, TOUCHED_AT, USED } from '../../../core/limits/book-table.ts'
import type { Book, BookFilter } from '../../../gateway/limit-state.ts'
import type { Library } from './library.ts'
import type { Timekeeper } from './timekeeper.ts'

/** Books looked at before requests have their turn again: about a millisecond. */
const atOnce = 5_000

/** Visits every book whose subject has all parts of this one, until a visit returns false. */
async function visit(
  library: Library,
  subject: string | null,
  each: (book: number) => boolean,
): Promise<void> {
  const parts = subject?.split('|') ?? []
  for (let book = 1; book <= library.lastRow; book++) {
    if (book % atOnce === 0) await setImmediate()
    if (library.shelfOf(book) === undefined) continue
    if (parts.length > 0 && !hasAll(library.subjectOf(book), parts)) continue
    if (!each(book)) return
  }
}

function hasAll(subject: string, parts: readonly string[]): boolean {
  const own = subject.split('|')
  return parts.every((part) => own.includes(part))
}

export async function listBooks(
  library: Library,
  time: Timekeeper,
  { subject, limit }: BookFilter,
): Promise<readonly Book[]> {
  const found: Book[] = []
  if (limit <= 0) return found
  await visit(library, subject, (book) => {
    const terms = library.termsOf(book)
    if (terms === undefined) return true
    const now = time.tick()
    const { table } = library
    bringUpToDate(table, book, terms, library.periods, now)
    found.push({
      limit: terms.limit,
      subject: library.subjectOf(book),
      remaining: Math.floor(leftIn(table, book, terms)),
      resetMs: untilItIsFull(table, book, terms, now),
      used: fieldOf(table, book, USED),
      reserved: fieldOf(table, book, RESERVED),
      touchedAtMs: Math.round(fieldOf(table, book, TOUCHED_AT) + time.offsetMs),
    })
    return found.length < limit
  })
  return found
}

export async function emptyBooks(
  library: Library,
  { subject, limit }: BookFilter,
): Promise<number> {
  let emptied = 0
  if (limit <= 0) return emptied
  await visit(library, subject, (book) => {
    library.forget(book)
    return ++emptied < limit
  })
  return emptied
}

export async function forgetBooks(
  library: Library,
  time: Timekeeper,
  untouchedMs: number,
): Promise<number> {
  let forgotten = 0
  await visit(library, null, (book) => {
    const now = time.tick()
    if (library.forgetIfUntouched(book, now, now.monotonicMs - untouchedMs)) forgotten++
    return true
  })
  library.forgetEmptyShelves()
  return forgotten
}
