import { existsSync, rmSync } from 'node:fs'
import { segmentPath } from './file-names.ts'
import { type Batch, readLines, unfinishedBytes } from './read-segment.ts'

export interface JournalPosition {
  readonly segment: number
  readonly offset: number
}

/**
 * Reads one owner's segments in order. A batch comes again until `advance`, and a segment is
 * removed only when everything in it was advanced over: whatever fails in between, nothing is lost.
 */
export interface Tail {
  read(): Batch | null
  advance(batch: Batch): void
  position(): JournalPosition
}

/** Segments that may wait to be read before the reader should hurry: 256 MiB at the usual size. */
const patientSegments = 32

export interface LiveTail extends Tail {
  farBehind(): boolean
  /** The owner writes no more: the last segment, too, is removed once it is read. */
  end(): void
}

/** Follows a journal that is being written. */
export function followJournal(directory: string, owner: string, from: JournalPosition): LiveTail {
  let { segment, offset } = from
  let ended = false

  function read(): Batch | null {
    const current = segmentPath(directory, owner, segment)
    const batch = readLines(current, offset)
    if (batch !== null) return batch
    if (!existsSync(segmentPath(directory, owner, segment + 1))) {
      if (ended) rmSync(current, { force: true })
      return null
    }
    // The writer may have finished this segment after we read it; it is complete only now.
    const late = readLines(current, offset)
    if (late !== null) return late
    rmSync(current, { force: true })
    segment += 1
    offset = 0
    return read()
  }

  return {
    read,
    advance(batch) {
      offset = batch.end
    },
    position: () => ({ segment, offset }),
    farBehind: () => existsSync(segmentPath(directory, owner, segment + patientSegments)),
    end() {
      ended = true
    },
  }
}

/**
 * Reads what a process left behind. `onTorn` hears of a segment whose last line was cut off: its
 * record never counted as appended, or stands whole in the next segment.
 */
export function readLeftover(
  directory: string,
  owner: string,
  segments: readonly number[],
  onTorn: () => void,
): Tail {
  let index = 0
  let offset = 0

  return {
    read() {
      for (;;) {
        const segment = segments[index]
        if (segment === undefined) return null
        const file = segmentPath(directory, owner, segment)
        const batch = readLines(file, offset)
        if (batch !== null) return batch
        if (unfinishedBytes(file, offset) > 0) onTorn()
        rmSync(file, { force: true })
        index += 1
        offset = 0
      }
    },
    advance(batch) {
      offset = batch.end
    },
    position: () => ({ segment: segments[index] ?? 0, offset }),
  }
}
