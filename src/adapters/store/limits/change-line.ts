import { parseJson } from '../../../core/json.ts'
import type { BookChange } from '../../../gateway/book-store.ts'

/**
 * Changes that were noted together as one line of the journal, so that all of them are kept or none:
 * `[sequence, limitId, subject, amount, atMs, limitId, …]`. Written by hand: half the cost of an array
 * made for the purpose.
 */
export function lineOf(sequence: number, changes: readonly BookChange[]): string {
  let line = `[${sequence}`
  for (const { limitId, subject, amount, atMs } of changes) {
    line += `,${quoted(limitId)},${quoted(subject)},${amount},${atMs}`
  }
  return `${line}]\n`
}

/** The same names come again and again: quoting them is most of what a line costs. */
const known = new Map<string, string>()
const mostKnown = 10_000

function quoted(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  if (known.size >= mostKnown) known.clear()
  const text = JSON.stringify(name)
  known.set(name, text)
  return text
}

export interface NotedChanges {
  /** Counts up: a line that comes twice is known by it. */
  readonly sequence: number
  readonly changes: readonly BookChange[]
}

/** null where the line holds none. */
export function changesIn(line: string): NotedChanges | null {
  const values = parseJson(line)
  if (!Array.isArray(values)) return null
  const [sequence, ...rest] = values
  if (typeof sequence !== 'number' || rest.length % 4 !== 0) return null
  const changes: BookChange[] = []
  for (let at = 0; at < rest.length; at += 4) {
    const [limitId, subject, amount, atMs] = rest.slice(at, at + 4)
    if (typeof limitId !== 'string' || typeof subject !== 'string') return null
    if (typeof amount !== 'number' || typeof atMs !== 'number') return null
    changes.push({ limitId, subject, amount, atMs })
  }
  return { sequence, changes }
}
