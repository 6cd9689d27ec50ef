import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { errorCode } from '../system-error.ts'

const NEWLINE = 0x0a
const CHUNK_BYTES = 1024 * 1024
/**
 * Rows per transaction: long enough to be cheap, short enough not to hold the database for long.
 */
const MAX_LINES = 500

export interface Batch {
  readonly lines: readonly string[]
  /** Offset in the segment behind the last of them. */
  readonly end: number
}

/**
 * The next finished lines of a segment behind `offset`, or null when there are none (or no such
 * file). What follows the last newline is still being written, or was cut off by a crash.
 */
export function readLines(segment: string, offset: number): Batch | null {
  const file = openSegment(segment)
  if (file === null) return null
  try {
    const rest = fstatSync(file).size - offset
    for (let size = CHUNK_BYTES; rest > 0; size *= 2) {
      const chunk = Buffer.allocUnsafe(Math.min(size, rest))
      const bytes = chunk.subarray(0, readSync(file, chunk, 0, chunk.length, offset))
      const batch = linesIn(bytes, offset)
      if (batch !== null || size >= rest) return batch
    }
    return null
  } finally {
    closeSync(file)
  }
}

/** Bytes behind the last finished line. */
export function unfinishedBytes(segment: string, offset: number): number {
  const file = openSegment(segment)
  if (file === null) return 0
  try {
    return fstatSync(file).size - offset
  } finally {
    closeSync(file)
  }
}

function linesIn(bytes: Buffer, offset: number): Batch | null {
  const lines: string[] = []
  let start = 0
  while (lines.length < MAX_LINES) {
    const newline = bytes.indexOf(NEWLINE, start)
    if (newline === -1) break
    lines.push(bytes.toString('utf8', start, newline))
    start = newline + 1
  }
  return start === 0 ? null : { lines, end: offset + start }
}

function openSegment(segment: string): number | null {
  try {
    return openSync(segment, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}
