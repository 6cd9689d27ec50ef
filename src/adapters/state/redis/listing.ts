import type { Book, BookFilter } from '../../../gateway/limit-state.ts'
import { shelfName } from '../memory/shelf.ts'
import type { BookList } from './book-list.ts'
import type { Link } from './link.ts'
import { readScript } from './lua/restore.ts'
import { numbersOrThrow } from './reply.ts'
import { bookListOf, type Sharing } from './sharing.ts'
import { readKey } from './terms.ts'

/** Keys looked at in one call, and in all: a listing must not keep Redis busy. */
const keysAtOnce = 200
const mostKeys = 1_000_000

/** Some books of one page of keys. */
interface Page {
  readonly list: BookList
  /** Those of limits that are no more. */
  readonly unknownKeys: readonly string[]
}

/** Calls back with pages of books whose subject has all parts of this one, until it returns false. */
async function visit(
  sharing: Sharing,
  link: Link,
  subject: string | null,
  each: (page: Page) => Promise<boolean>,
): Promise<void> {
  const { books } = sharing.standing.names
  const parts = subject?.split('|') ?? []
  const limitOf = sharing.limitOf(shelfName)
  let cursor = '0'
  let looked = 0
  do {
    const [next, keys] = readScan(
      await link.send(['SCAN', cursor, 'MATCH', `${glob(books)}*`, 'COUNT', String(keysAtOnce)]),
    )
    cursor = next
    looked += keysAtOnce
    const list = bookListOf(sharing)
    const unknownKeys: string[] = []
    for (const key of keys) {
      const read = readKey(key, books)
      if (read === null || !hasAll(read.subject, parts)) continue
      const limit = limitOf(read.shelf, read.subject)
      if (limit === undefined) unknownKeys.push(key)
      else list.placeOf({ limit, subject: read.subject })
    }
    if (list.size + unknownKeys.length > 0 && !(await each({ list, unknownKeys }))) return
  } while (cursor !== '0' && looked < mostKeys)
}

export async function listBooks(
  sharing: Sharing,
  link: Link,
  { subject, limit: most }: BookFilter,
): Promise<readonly Book[]> {
  const found = new Map<string, Book>()
  if (most <= 0) return []
  await visit(sharing, link, subject, async ({ list }) => {
    for (const { key, book } of await readBooks(link, list)) {
      // A key can turn up twice in a scan.
      if (found.size < most) found.set(key, book)
    }
    return found.size < most
  })
  return [...found.values()]
}

export async function emptyBooks(
  sharing: Sharing,
  link: Link,
  { subject, limit: most }: BookFilter,
): Promise<number> {
  let emptied = 0
  if (most <= 0) return emptied
  await visit(sharing, link, subject, async ({ list, unknownKeys }) => {
    const keys = [...booksIn(list).map(({ key }) => key), ...unknownKeys]
    emptied += Number(await link.send(['DEL', ...keys.slice(0, most - emptied)]))
    return emptied < most
  })
  const isEmptied = (each: string) => hasAll(each, subject?.split('|') ?? [])
  sharing.seen.forget(isEmptied)
  sharing.places.forget(isEmptied)
  return emptied
}

async function readBooks(
  link: Link,
  list: BookList,
): Promise<{ readonly key: string; readonly book: Book }[]> {
  if (list.size === 0) return []
  const values = [String(list.size), ...list.terms]
  const numbers = numbersOrThrow(await link.call(readScript, list.keys, values))
  return booksIn(list).flatMap(({ key, place }) => {
    const binding = list.bindings[place - 1]
    const [, remaining = 0, resetMs = 0] = numbers.slice((place - 1) * 3, place * 3)
    const from = (list.size + place - 1) * 3
    const [used = 0, reserved = 0, touchedAtMs = 0] = numbers.slice(from, from + 3)
    if (binding === undefined) return []
    return [{ key, book: { ...binding, remaining, resetMs, used, reserved, touchedAtMs } }]
  })
}

function booksIn(list: BookList): { readonly key: string; readonly place: number }[] {
  return list.bindings.map((_, index) => ({ key: list.keyAt(index + 1), place: index + 1 }))
}

function readScan(reply: unknown): [cursor: string, keys: readonly string[]] {
  if (!Array.isArray(reply) || !Array.isArray(reply[1])) {
    throw new Error('SCAN was answered with something unexpected')
  }
  return [String(reply[0]), reply[1].map(String)]
}

function hasAll(subject: string, parts: readonly string[]): boolean {
  const own = subject.split('|')
  return parts.every((part) => own.includes(part))
}

/** So that nothing in a prefix is taken for a pattern. */
function glob(text: string): string {
  return text.replace(/[[\]*?\\^]/g, '\\$&')
}
