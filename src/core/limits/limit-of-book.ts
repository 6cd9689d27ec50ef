import { bookKey } from './book-key.ts'
import { filedUnder } from './filed-under.ts'
import { type Limit, subjectOf } from './limit.ts'

/**
 * What every state keeps the books of a limit under, beside whose they are. A limit that was set for one
 * value goes on with the book of the limit it takes the place of: what was used already stays used, when
 * it is set, when it is changed, and when it ends.
 */
export function shelfOf({ booksOf, id }: Limit): string {
  return booksOf ?? id
}

/** The limit that holds for a book, by what it is kept under and whose it is; undefined: none does. */
export type LimitOfBook = (shelf: string, subject: string) => Limit | undefined

/** Of these limits, each of which binds. `named`: what the shelves are called, where not `shelfOf`. */
export function limitOfBook(limits: Iterable<Limit>, named = shelfOf): LimitOfBook {
  const forAll = new Map<string, Limit>()
  const forOne = new Map<string, Limit>()
  for (const limit of limits) {
    const { booksOf, dimensions, only } = limit
    const [scope] = dimensions
    const value = scope === undefined ? undefined : only[scope]
    if (booksOf === undefined || scope === undefined || value === undefined) {
      forAll.set(named(limit), limit)
    } else {
      forOne.set(bookKey(named(limit), filedUnder(subjectOf(scope, value))), limit)
    }
  }
  if (forOne.size === 0) return (shelf) => forAll.get(shelf)
  return (shelf, subject) => forOne.get(bookKey(shelf, subject)) ?? forAll.get(shelf)
}
