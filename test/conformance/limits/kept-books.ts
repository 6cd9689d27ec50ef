import type { BookChange, BookName, BookStore, SavedBook } from '../../../src/gateway/book-store.ts'

/** A `BookStore` whose content survives any number of processes: what is written is written at once. */
export function keptBooks(): () => BookStore {
  const books = new Map<string, SavedBook>()
  let changes: BookChange[] = []
  const key = ({ limitId, subject }: BookName) => `${limitId} ${subject}`
  return () => ({
    load: async () => ({ books: [...books.values()], changes: [...changes] }),
    note(limitId, subject, amount, atMs) {
      changes.push({ limitId, subject, amount, atMs })
    },
    noted(kept) {
      if (kept !== null) queueMicrotask(kept)
    },
    async save(saved, removed) {
      changes = []
      for (const book of saved) books.set(key(book), JSON.parse(JSON.stringify(book)))
      for (const name of removed) books.delete(key(name))
    },
    close: async () => {},
  })
}
