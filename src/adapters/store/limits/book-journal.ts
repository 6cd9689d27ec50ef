import type { BookStore } from '../../../gateway/book-store.ts'
import type { JournalClaim } from '../journal/claim.ts'
import { booksOwner } from '../journal/file-names.ts'
import { createGroupCommit } from '../journal/group-commit.ts'
import { createJournal } from '../journal/journal.ts'
import type { WriteBytes } from '../journal/segment-writer.ts'
import { ChangeLine } from './change-line.ts'

const SEGMENT_BYTES = 8 * 1024 * 1024
/** While the disk takes nothing: some seconds of a busy gateway, and the next save holds them too. */
const QUEUE_BYTES = 4 * 1024 * 1024

export interface BookJournalOptions {
  readonly directory: string
  readonly claim: JournalClaim
  /** Number of the last line there is. */
  readonly sequence: number
  readonly write: WriteBytes
  /** Called when trouble begins, changes or (null) ends. */
  readonly onTrouble: (message: string | null) => void
}

/** Where the journal stands: everything noted before has a number up to `sequence`. */
export interface JournalCut {
  readonly sequence: number
  /** What is noted later stands in this segment or one behind it. */
  readonly segment: number
}

/** What is taken from books, on disk at the end of the turn of the event loop in which it is noted. */
export interface BookJournal extends Pick<BookStore, 'note' | 'noted'> {
  cut(): JournalCut
  close(): void
}

export function openBookJournal(options: BookJournalOptions): BookJournal {
  const journal = createJournal({
    contents: 'Charges to limits',
    directory: options.directory,
    owner: booksOwner,
    claim: options.claim,
    segmentBytes: SEGMENT_BYTES,
    queueBytes: QUEUE_BYTES,
    write: options.write,
    onTrouble: options.onTrouble,
  })
  // What neither disk nor memory takes is in the books that are saved next.
  const commits = createGroupCommit((text, lines) => void journal.append(text, lines))
  const changes = new ChangeLine()
  let sequence = options.sequence

  return {
    note: (limitId, subject, amount, atMs) => changes.add(limitId, subject, amount, atMs),
    noted(kept) {
      if (changes.isEmpty) {
        kept?.()
        return
      }
      sequence += 1
      commits.add(changes.end(sequence), kept ?? nobodyWaits)
    },
    // Lines that wait for the end of the turn come into the new segment, where their numbers tell that
    // they are covered. Written now, they would let requests go on and change the books meanwhile.
    cut: () => ({ sequence, segment: journal.rotate() }),
    close() {
      commits.commit()
      journal.end()
      journal.release(true)
    },
  }
}

function nobodyWaits(): void {}
