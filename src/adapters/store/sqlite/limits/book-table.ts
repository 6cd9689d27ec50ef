import type { Database } from 'better-sqlite3'
import { isObject, parseJson } from '../../../../core/json.ts'
import type { BookName, SavedBook } from '../../../../gateway/book-store.ts'
import { safeNumber, safeTime } from './safe-values.ts'

interface BookRow {
  readonly limit_id: string
  readonly subject: string
  readonly capacity: number
  readonly remaining: number
  readonly reset_at_ms: number
  readonly touched_at_ms: number
  readonly state: string
}

export interface BookTable {
  /** All, and the number of the last change that is in them. */
  load(): { readonly books: SavedBook[]; readonly sequence: number }
  /** In one transaction: all of it or, when it throws, nothing. */
  save(
    books: readonly SavedBook[],
    removed: readonly BookName[],
    sequence: number,
    savedAtMs: number,
  ): void
}

export function prepareBooks(database: Database): BookTable {
  const all = database.prepare<[], BookRow>('SELECT * FROM rate_limit_buckets')
  const covered = database.prepare<[], { covered_sequence: number }>(
    'SELECT covered_sequence FROM rate_limit_journal',
  )
  const put = database.prepare<[BookRow]>(`
    INSERT INTO rate_limit_buckets
      (limit_id, subject, capacity, remaining, reset_at_ms, touched_at_ms, state)
    VALUES
      (@limit_id, @subject, @capacity, @remaining, @reset_at_ms, @touched_at_ms, @state)
    ON CONFLICT (limit_id, subject) DO UPDATE SET
      capacity = excluded.capacity, remaining = excluded.remaining,
      reset_at_ms = excluded.reset_at_ms, touched_at_ms = excluded.touched_at_ms,
      state = excluded.state`)
  const remove = database.prepare<[string, string]>(
    'DELETE FROM rate_limit_buckets WHERE limit_id = ? AND subject = ?',
  )
  const cover = database.prepare<[number, number]>(
    'UPDATE rate_limit_journal SET covered_sequence = ?, saved_at_ms = ?',
  )
  const load = database.transaction(() => ({
    books: all.all().flatMap(bookOf),
    sequence: covered.get()?.covered_sequence ?? 0,
  }))
  const save = database.transaction<BookTable['save']>((books, removed, sequence, savedAtMs) => {
    for (const { limitId, subject } of removed) remove.run(limitId, subject)
    for (const book of books) put.run(rowOf(book))
    cover.run(sequence, safeTime(savedAtMs))
  })
  return { load: () => load.deferred(), save: (...saving) => save.immediate(...saving) }
}

function rowOf(book: SavedBook): BookRow {
  return {
    limit_id: book.limitId,
    subject: book.subject,
    capacity: safeNumber(book.capacity),
    remaining: safeNumber(book.remaining),
    reset_at_ms: safeTime(book.resetAtMs),
    touched_at_ms: safeTime(book.touchedAtMs),
    state: JSON.stringify(book.state),
  }
}

/** None where somebody has written nonsense into the row. */
function bookOf(row: BookRow): SavedBook[] {
  const state = parseJson(row.state)
  if (!isObject(state)) return []
  return [
    {
      limitId: row.limit_id,
      subject: row.subject,
      state,
      remaining: row.remaining,
      capacity: row.capacity,
      resetAtMs: row.reset_at_ms,
      touchedAtMs: row.touched_at_ms,
    },
  ]
}
