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
    line += `,${JSON.stringify(limitId)},${JSON.stringify(subject)},${amount},${atMs}`
  }
  return `${line}]\n`
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
