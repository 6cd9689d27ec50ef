import { rmSync } from 'node:fs'
import type { BookChange } from '../../../gateway/book-store.ts'
import { booksOwner, ownersIn, segmentPath } from '../journal/file-names.ts'
import { readLines } from '../journal/read-segment.ts'
import { changesIn } from './change-line.ts'

export interface ReadChanges {
  readonly changes: readonly BookChange[]
  /** Number of the last line there is, at least that of the last one covered. */
  readonly sequence: number
  /** Whole lines that hold no change. */
  readonly unreadable: number
}

/**
 * Changes in the journal behind the one with the number `covered`, in order. A last line that was cut
 * off is none: nobody was told that it is kept. A line may stand there twice where a failing disk made
 * the writer begin a new segment.
 */
export function readChanges(directory: string, covered: number): ReadChanges {
  const changes: BookChange[] = []
  let sequence = covered
  let unreadable = 0
  for (const line of linesIn(directory)) {
    const noted = changesIn(line)
    if (noted === null) unreadable += 1
    else if (noted.sequence > sequence) {
      sequence = noted.sequence
      changes.push(...noted.changes)
    }
  }
  return { changes, sequence, unreadable }
}

function* linesIn(directory: string): Generator<string> {
  for (const segment of segmentsIn(directory)) {
    const file = segmentPath(directory, booksOwner, segment)
    let batch = readLines(file, 0)
    while (batch !== null) {
      yield* batch.lines
      batch = readLines(file, batch.end)
    }
  }
}

/** Removes the segments before this one. */
export function removeSegments(directory: string, before: number): void {
  for (const segment of segmentsIn(directory)) {
    if (segment < before) rmSync(segmentPath(directory, booksOwner, segment), { force: true })
  }
}

const segmentsIn = (directory: string): number[] => ownersIn(directory).get(booksOwner) ?? []
