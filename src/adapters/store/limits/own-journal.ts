import { mkdirSync } from 'node:fs'
import type { BookStore } from '../../../gateway/book-store.ts'
import { claimJournal, type JournalClaim } from '../journal/claim.ts'
import { booksOwner } from '../journal/file-names.ts'
import type { WriteBytes } from '../journal/segment-writer.ts'
import { errorMessage } from '../system-error.ts'
import { type BookJournal, type JournalCut, openBookJournal } from './book-journal.ts'
import { patiently } from './patiently.ts'
import type { Ask } from './worker-questions.ts'

const LOAD_PATIENCE_MS = 10_000

export interface OwnJournalOptions {
  readonly ask: Ask
  /** Of the journal; on a local disk. One process at a time keeps books in it. */
  readonly directory: string
  readonly write: WriteBytes
  readonly onJournalTrouble: (message: string | null) => void
  /** What keeps this process from keeping its books; null: nothing any more. */
  readonly onTrouble: (message: string | null) => void
}

export type KeptBooks = Awaited<ReturnType<BookStore['load']>>

/** The journal of the books: this process has it, or another one does. */
export interface OwnJournal {
  /** null while this process may not write, or has not loaded. */
  current(): BookJournal | null
  /** Everything that was kept; begins to write where that is possible. Never rejects. */
  load(): Promise<KeptBooks>
  /** Looks once more whether it can begin; where the journal stood when it did. Never rejects. */
  takeOver(): Promise<JournalCut | null>
  close(): void
}

export function createOwnJournal(options: OwnJournalOptions): OwnJournal {
  const { ask, directory, write, onJournalTrouble, onTrouble } = options
  let journal: BookJournal | null = null
  let closed = false

  const readKept = () => ask({ kind: 'load-books', directory }, 'books')

  function open(claim: JournalClaim, sequence: number): JournalCut | null {
    if (closed) {
      claim.release(true)
      return null
    }
    journal = openBookJournal({ directory, claim, sequence, write, onTrouble: onJournalTrouble })
    onTrouble(null)
    return journal.cut()
  }

  return {
    current: () => journal,
    async load() {
      const claim = claimDirectory(directory, onTrouble)
      try {
        const kept = await patiently(LOAD_PATIENCE_MS, readKept)
        if (claim !== null) open(claim, kept.sequence)
        return kept
      } catch (error) {
        claim?.release(true)
        onTrouble(
          `What limits have counted cannot be read (${errorMessage(error)}): they count anew, and ` +
            'forget it when the gateway ends.',
        )
        return { books: [], changes: [] }
      }
    },
    async takeOver() {
      const claim = claimDirectory(directory, onTrouble)
      if (claim === null) return null
      try {
        return open(claim, (await readKept()).sequence)
      } catch {
        claim.release(true) // the trouble that `load` met goes on
        return null
      }
    },
    close() {
      closed = true
      journal?.close()
      journal = null
    },
  }
}

function claimDirectory(
  directory: string,
  onTrouble: (message: string) => void,
): JournalClaim | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const claim = claimJournal(directory, booksOwner)
    if (claim === null) {
      onTrouble(
        `Another gateway keeps what its limits count in ${directory}: this one counts apart from ` +
          'it, and forgets what it counted if it ends first.',
      )
    }
    return claim
  } catch (error) {
    onTrouble(
      `What limits count is forgotten when the gateway ends: ${directory} cannot be used ` +
        `(${errorMessage(error)}). Make it writable.`,
    )
    return null
  }
}
