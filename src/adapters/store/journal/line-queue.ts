import type { Line } from './segment-writer.ts'

/** Bytes written per turn, so that emptying a long queue does not hold up requests. */
const DRAIN_BYTES = 1024 * 1024

/** Lines that wait for the disk, oldest first. */
export interface LineQueue {
  size(): number
  /** False when there is no room: the newest is refused, those already waiting stay. */
  add(line: Line): boolean
  /** Hands lines on, oldest first, until one is refused or the turn is used up; true when empty. */
  drain(take: (line: Line) => boolean): boolean
}

export function createLineQueue(maxBytes: number): LineQueue {
  let lines: Line[] = []
  let bytes = 0

  return {
    size: () => lines.length,
    add(line) {
      // The first is always taken: part of it may be on disk, and the next line must not follow
      // that.
      if (lines.length > 0 && bytes + line.bytes.length > maxBytes) return false
      lines.push(line)
      bytes += line.bytes.length
      return true
    },
    drain(take) {
      let count = 0
      let taken = 0
      for (const line of lines) {
        if (taken >= DRAIN_BYTES || !take(line)) break
        taken += line.bytes.length
        count += 1
      }
      lines = lines.slice(count)
      bytes -= taken
      return lines.length === 0
    },
  }
}
