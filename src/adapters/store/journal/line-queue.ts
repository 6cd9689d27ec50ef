import type { Lines } from './segment-writer.ts'

/** Bytes written per turn, so that emptying a long queue does not hold up requests. */
const DRAIN_BYTES = 1024 * 1024

/** Lines that wait for the disk, oldest first. */
export interface LineQueue {
  /** Lines, not groups of them. */
  size(): number
  /** False when there is no room: the newest is refused, those already waiting stay. */
  add(group: Lines): boolean
  /** Hands lines on, oldest first, until one is refused or the turn is used up; true when empty. */
  drain(take: (group: Lines) => boolean): boolean
}

export function createLineQueue(maxBytes: number): LineQueue {
  let groups: Lines[] = []
  let lines = 0
  let bytes = 0

  return {
    size: () => lines,
    add(group) {
      // The first is always taken: part of it may be on disk, and the next must not follow that.
      if (groups.length > 0 && bytes + group.bytes.length > maxBytes) return false
      groups.push(group)
      lines += group.lines
      bytes += group.bytes.length
      return true
    },
    drain(take) {
      let count = 0
      let taken = 0
      for (const group of groups) {
        if (taken >= DRAIN_BYTES || !take(group)) break
        taken += group.bytes.length
        lines -= group.lines
        count += 1
      }
      groups = groups.slice(count)
      bytes -= taken
      return lines === 0
    },
  }
}
