import { closeSync, mkdirSync, openSync } from 'node:fs'
import { errorCode } from '../system-error.ts'
import { claimJournal, type JournalClaim } from './claim.ts'
import { ownersIn, segmentPath } from './file-names.ts'

/** `fs.writeSync`: returns how many bytes were taken, which may be fewer than given. */
export type WriteBytes = (file: number, bytes: Uint8Array, offset: number, length: number) => number

/** Lines that belong together, and how many of their bytes the current segment already holds. */
export interface Lines {
  readonly bytes: Uint8Array
  readonly lines: number
  written: number
}

export interface SegmentWriterOptions {
  readonly directory: string
  readonly owner: string
  /** Of that owner, where it is held already; else it is made when the directory can be written. */
  readonly claim?: JournalClaim
  /** A segment that reaches this size is the last but one. */
  readonly segmentBytes: number
  readonly write: WriteBytes
}

export interface SegmentWriter {
  /** Opens the directory and the first segment; throws when it cannot. Does nothing when open. */
  open(): void
  /** Throws when they could not be written whole; to be called again with the same lines. */
  write(lines: Lines): void
  /**
   * Begins a new segment unless the open one is empty or the disk refuses; returns the number of the
   * one that is open then: what was written stands in it only where the disk refused.
   */
  rotate(): number
  /**
   * No more lines. The claim stays until `release`, so that nobody takes the rest for a leftover.
   */
  end(): void
  release(removeLock: boolean): void
}

export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { directory, owner, segmentBytes, write } = options
  let claim: JournalClaim | null = options.claim ?? null
  let file: number | null = null
  let number = 0
  let size = 0
  let rotateAt = segmentBytes

  function open(): number {
    if (file !== null) return file
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    claim ??= claimJournal(directory, owner)
    if (claim === null) throw new Error(`another process holds the lock of ${owner}`)
    number ||= ownersIn(directory).get(owner)?.at(-1) ?? 0
    return openNext()
  }

  /** The next segment exists only once the one before is complete: the reader relies on it. */
  function openNext(): number {
    const next = openSync(segmentPath(directory, owner, number + 1), 'ax', 0o600)
    if (file !== null) closeSync(file)
    file = next
    number += 1
    size = 0
    rotateAt = segmentBytes
    return next
  }

  function rotate(): void {
    try {
      openNext()
    } catch {
      rotateAt = size + segmentBytes // the open one still takes lines: it may grow
    }
  }

  function abandon(): void {
    if (file === null) return
    closeSync(file)
    file = null
  }

  return {
    open() {
      open()
    },
    write(lines) {
      try {
        writeWhole(write, open(), lines)
      } catch (error) {
        if (!isFullDisk(error)) {
          abandon() // it may be gone for good; the lines start anew in the next one
          lines.written = 0
        }
        throw error
      }
      size += lines.bytes.length
      if (size >= rotateAt) rotate()
    },
    rotate() {
      if (file !== null && size > 0) rotate()
      return number
    },
    end: abandon,
    release(removeLock) {
      claim?.release(removeLock)
      claim = null
    },
  }
}

function writeWhole(write: WriteBytes, file: number, lines: Lines): void {
  while (lines.written < lines.bytes.length) {
    const taken = write(file, lines.bytes, lines.written, lines.bytes.length - lines.written)
    if (taken === 0) throw new Error('the disk takes no bytes')
    lines.written += taken
  }
}

/** Space can come back to an open file. */
function isFullDisk(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}
