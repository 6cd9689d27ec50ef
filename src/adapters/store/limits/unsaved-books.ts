import { bookKey } from '../../../core/limits/book-key.ts'
import type { BookName, SavedBook } from '../../../gateway/book-store.ts'

export interface BookBatch {
  readonly books: readonly SavedBook[]
  readonly removed: readonly BookName[]
}

/** Books that are not in the database yet, each as it was given last. */
export interface UnsavedBooks {
  /** One that is removed and among the books has begun anew. */
  add(batch: BookBatch): void
  /** As if they had never been added. */
  drop(names: readonly BookName[]): void
  /** All of them; null when there are none. */
  take(): BookBatch | null
  /** What could not be written waits again, unless there is something newer. */
  putBack(batch: BookBatch): void
}

export function createUnsavedBooks(): UnsavedBooks {
  let books = new Map<string, SavedBook>()
  let removed = new Map<string, BookName>()

  return {
    add(batch) {
      for (const name of batch.removed) {
        const key = keyOf(name)
        books.delete(key)
        removed.set(key, name)
      }
      for (const book of batch.books) {
        const key = keyOf(book)
        removed.delete(key)
        books.set(key, book)
      }
    },
    drop(names) {
      for (const name of names) books.delete(keyOf(name))
    },
    take() {
      if (books.size === 0 && removed.size === 0) return null
      const taken = { books: [...books.values()], removed: [...removed.values()] }
      books = new Map()
      removed = new Map()
      return taken
    },
    putBack(batch) {
      for (const book of batch.books) {
        const key = keyOf(book)
        if (!books.has(key) && !removed.has(key)) books.set(key, book)
      }
      for (const name of batch.removed) {
        const key = keyOf(name)
        if (!books.has(key) && !removed.has(key)) removed.set(key, name)
      }
    },
  }
}

const keyOf = ({ limitId, subject }: BookName): string => bookKey(limitId, subject)
