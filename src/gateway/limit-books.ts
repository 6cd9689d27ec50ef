import { bookKey } from '../core/limits/book-key.ts'
import { filedUnder } from '../core/limits/filed-under.ts'
import { type Limit, subjectOf } from '../core/limits/limit.ts'
import { shelfOf } from '../core/limits/limit-of-book.ts'
import type { Book, LimitState } from './limit-state.ts'
import { type FoundBooks, isSingle, subjectFor } from './standings.ts'
import { namedIn, type Whose } from './whose.ts'

/** For one listing: lines are made of them while requests wait, in some milliseconds. */
const mostRead = 10_000

/** Each looks through all books. */
const mostSearches = 8

/**
 * The books of these limits that are in use, for those named; of all where nobody is. Where there are
 * more than are read, those of single values that are not among them are looked for by name.
 */
export async function findBooks(
  state: Pick<LimitState, 'books'>,
  limits: readonly Limit[],
  whose: Whose,
): Promise<FoundBooks> {
  const named = namedIn(whose).map(({ scope, value }) => filedUnder(subjectOf(scope, value)))
  const asked: readonly (string | null)[] =
    named.length === 0 ? [null] : [...new Set([...named, subjectOf('global', '')])]
  const search = (subject: string | null) => state.books({ subject, limit: mostRead })
  const lists = await Promise.all(asked.map(search))
  // The book of a client and a user is found under either.
  const found = new Map<string, Book>()
  const add = (books: readonly Book[]) => {
    for (const book of books) found.set(bookKey(shelfOf(book.limit), book.subject), book)
  }
  lists.forEach(add)
  if (lists.every(({ length }) => length < mostRead)) {
    return { books: [...found.values()], areAll: true, areAllOf: () => true }
  }
  const known = new Set(asked.filter((_, index) => (lists[index]?.length ?? 0) < mostRead))
  const missing = new Set<string>()
  for (const limit of limits) {
    if (missing.size === mostSearches) break
    if (!isSingle(limit, whose)) continue
    const subject = subjectFor(limit, whose)
    if (!(asked.includes(subject) || found.has(bookKey(shelfOf(limit), subject))))
      missing.add(subject)
  }
  await Promise.all(
    [...missing].map(async (subject) => {
      const books = await search(subject)
      add(books)
      if (books.length < mostRead) known.add(subject)
    }),
  )
  return {
    books: [...found.values()],
    areAll: false,
    areAllOf: (subject) => known.has(subject),
  }
}
