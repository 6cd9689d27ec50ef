import type { BookStore } from '../../../gateway/book-store.ts'
import { errorMessage } from '../system-error.ts'
import type { JournalCut } from './book-journal.ts'
import { createOwnJournal, type OwnJournalOptions } from './own-journal.ts'
import { patiently } from './patiently.ts'
import { sendBooks } from './send-books.ts'
import { createUnsavedBooks } from './unsaved-books.ts'

const SAVE_PATIENCE_MS = 3_000

/**
 * Books in the SQLite database, and what changes between two saves in a journal. While another process
 * has the journal, or the database cannot be read, nothing is noted; each save looks again, and the
 * first that finds both free writes all books that were to be saved till then.
 */
export function createSqliteBooks(options: OwnJournalOptions): BookStore {
  const { ask, directory, onTrouble } = options
  const own = createOwnJournal(options)
  const unsaved = createUnsavedBooks()
  /** The changes that are in the unsaved books. */
  let cut: JournalCut | null = null
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  let closed = false

  async function saveAll(): Promise<void> {
    next = null
    if (own.current() === null) {
      const began = await own.takeOver()
      cut ??= began
    }
    const end = cut
    const batch = end === null ? null : unsaved.take()
    if (end === null || batch === null) return
    try {
      await patiently(SAVE_PATIENCE_MS, () => sendBooks(ask, batch, { ...end, directory }))
      onTrouble(null)
    } catch (error) {
      unsaved.putBack(batch)
      onTrouble(
        `What limits have counted cannot be saved (${errorMessage(error)}). Nothing is lost: it ` +
          `waits in ${directory}.`,
      )
    }
  }

  return {
    load() {
      const loading = own.load()
      running = loading.then(() => {})
      return loading
    },
    note(limitId, subject, amount, atMs) {
      own.current()?.note(limitId, subject, amount, atMs)
    },
    noted(kept) {
      const journal = own.current()
      if (journal === null) kept?.()
      else journal.noted(kept)
    },
    async save(books, removed) {
      if (closed || books.length + removed.length === 0) return running
      const journal = own.current()
      if (journal === null) {
        unsaved.drop(removed) // and no more: the other process may need them
        unsaved.add({ books, removed: [] })
      } else {
        unsaved.add({ books, removed })
        cut = journal.cut()
      }
      next ??= running.then(saveAll)
      running = next
      return next
    },
    async close() {
      if (closed) return
      closed = true
      await running
      own.close()
    },
  }
}
