import { parseJson } from '../../../core/json.ts'
import type { BookChange } from '../../../gateway/book-store.ts'

/**
 * Changes that are noted together become one line of the journal, so that all of them are kept or none:
 * `[sequence, limitId, subject, amount, atMs, limitId, …]`. Written by hand: a fifth of the cost of an
 * array made for the purpose.
 */
export class ChangeLine {
  #text = ''
  #amount = 0
  #atMs = 0
  /** Of the last change: those of one request mostly have them in common. */
  #figures = '0,0'

  get isEmpty(): boolean {
    return this.#text === ''
  }

  add(limitId: string, subject: string, amount: number, atMs: number): void {
    if (amount !== this.#amount || atMs !== this.#atMs) {
      this.#amount = amount
      this.#atMs = atMs
      this.#figures = `${amount},${atMs}`
    }
    this.#text += namesText(limitId, subject)
    this.#text += this.#figures
  }

  /** The line; the next one begins. */
  end(sequence: number): string {
    const line = `[${sequence}${this.#text}]\n`
    this.#text = ''
    return line
  }
}

/** By limit and subject. The same come again and again: quoting them is most of what a line costs. */
const known = new Map<string, Map<string, string>>()
let knownTexts = 0
const mostKnown = 10_000

/** `,"user requests/minute","user:alice",` */
function namesText(limitId: string, subject: string): string {
  const before = known.get(limitId)?.get(subject)
  if (before !== undefined) return before
  if (knownTexts >= mostKnown) {
    known.clear()
    knownTexts = 0
  }
  let ofLimit = known.get(limitId)
  if (ofLimit === undefined) {
    ofLimit = new Map()
    known.set(limitId, ofLimit)
  }
  // Cut from one text, it need not be put together anew in each line.
  const text = JSON.stringify([0, limitId, subject, 0]).slice(2, -2)
  ofLimit.set(subject, text)
  knownTexts += 1
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
