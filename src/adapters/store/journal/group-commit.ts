import { JsonLines } from '../../../core/json-lines/json-lines.ts'

/** A turn that ends this many requests is written in parts. */
const MOST_BYTES = 64 * 1024

/** Lines of one turn of the event loop, written together. */
export interface GroupCommit {
  /** Where the next line is to be written, with its line break; `finish` adds it. */
  begin(): JsonLines
  /** `stored` is called when the line has been given to `write`. */
  finish(stored: () => void): void
  /** A line that is written already, with its line break. */
  add(line: string, stored: () => void): void
  /** Now, not at the end of the turn. */
  commit(): void
}

/**
 * Requests that end in one turn of the event loop share one write, which halves what a record costs.
 * Their replies then leave one after the other: a peer that slept is woken once, not for each.
 */
export function createGroupCommit(write: (lines: Uint8Array, count: number) => void): GroupCommit {
  const lines = new JsonLines()
  let waiting: (() => void)[] = []
  let scheduled = false

  function commit(): void {
    scheduled = false
    if (lines.count === 0) return
    const stored = waiting
    waiting = []
    try {
      write(lines.bytes(), lines.count)
    } finally {
      lines.clear()
    }
    tellAll(stored)
  }

  function begin(): JsonLines {
    lines.begin()
    return lines
  }

  function finish(stored: () => void): void {
    lines.finish()
    waiting.push(stored)
    if (lines.length >= MOST_BYTES) commit()
    else if (!scheduled) {
      scheduled = true
      setImmediate(commit)
    }
  }

  return {
    begin,
    finish,
    add(line, stored) {
      begin().raw(line)
      finish(stored)
    },
    commit,
  }
}

/** One that throws must not leave the others waiting; what it threw is thrown after them. */
function tellAll(stored: readonly (() => void)[], from = 0): void {
  let told = from
  try {
    while (told < stored.length) stored[told++]?.()
  } finally {
    if (told < stored.length) tellAll(stored, told)
  }
}
