import { arrayAt, numberAt } from '../../../core/json.ts'
import type { Binding } from '../../../core/limits/limit.ts'
import { shelfOf } from '../../../core/limits/limit-of-book.ts'
import type { Asking } from './link.ts'
import { arriveScript } from './lua/join.ts'
import { restoreScript } from './lua/restore.ts'
import { bookListOf, type Sharing } from './sharing.ts'

/** What one book is told anew to have held, see `restoreScript`. */
export interface Remembered extends Binding {
  readonly owed: number
  /** When and how much, one after the other. */
  readonly taken: readonly number[]
}

/** A call takes about a millisecond. */
const booksAtOnce = 50

/** All that this gateway can tell of books that were lost. */
export function remembered(sharing: Sharing): Remembered[] {
  const { clock, time, seen, shadow } = sharing
  const found: Remembered[] = []
  for (const { limit, subject, startMs, used } of seen.used()) {
    found.push({ limit, subject, owed: 0, taken: [startMs, used] })
  }
  const limitOf = sharing.limitOf(shelfOf)
  // Of the wall clock here to that of the server, by way of the monotonic clock.
  const offsetMs = time.ofShadow(clock.monotonicMs()) - clock.nowMs()
  for (const { limitId, subject, state } of shadow.snapshot()) {
    const limit = limitOf(limitId, subject)
    if (limit?.window.kind !== 'sliding') continue
    const taken: number[] = []
    for (const [index, value] of arrayAt(state, 'taken').entries()) {
      if (typeof value === 'number')
        taken.push(Math.floor(index % 2 === 0 ? value + offsetMs : value))
    }
    const owed = numberAt(state, 'owed') ?? 0
    if (taken.length > 0 || owed > 0) found.push({ limit, subject, owed, taken })
  }
  return found
}

/** Tells it, and that this gateway has; what is told is taken out of the list. */
export async function restore(
  sharing: Sharing,
  asking: Asking,
  epoch: number,
  books: Remembered[],
): Promise<void> {
  for (let some = books.slice(-booksAtOnce); some.length > 0; some = books.slice(-booksAtOnce)) {
    const list = bookListOf(sharing)
    const values: string[] = []
    for (const book of some) {
      const before = list.size
      if (list.placeOf(book) <= before) continue
      const { owed, taken } = book
      values.push(String(owed), String(taken.length / 2), ...taken.map(String))
    }
    const head = [String(epoch), String(list.size), ...list.terms]
    await asking.call(restoreScript, list.keys, [...head, ...values])
    books.length -= some.length
  }
  await asking.call(arriveScript, sharing.standing.keys, [String(epoch)])
}
