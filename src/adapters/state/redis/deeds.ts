import type { Borrowing } from '../../../gateway/limit-state.ts'
import { type Change, undone } from './change.ts'

/** Redis remembers so many of the last things each gateway did; more are not under way at once. */
const remembered = 2_048

/** Something that changes books, by the number it is done under. */
export type Deed =
  | { readonly number: number; readonly borrowing: Borrowing }
  | { readonly number: number; readonly changes: readonly Change[] }

/**
 * What this gateway does in Redis, numbered, so that where an answer is missing it can be told later
 * whether it was done: nothing is charged twice, and nothing is forgotten.
 */
export class Deeds {
  #number = 0
  /** The last one that is known to be done. */
  lastDone = 0
  readonly #doubtful: Deed[] = []

  next(): number {
    return ++this.#number
  }

  /** The answer is missing. */
  doubt(deed: Deed): void {
    this.#doubtful.push(deed)
    if (this.#doubtful.length > remembered) this.#doubtful.shift()
  }

  get doubtful(): readonly Deed[] {
    return this.#doubtful
  }

  /**
   * `noted` by Redis for each doubtful one. What was charged to a request that has had another answer is
   * to be given back; what was not done is still to be done.
   */
  resolve(noted: readonly string[]): Change[] {
    const changes: Change[] = []
    for (const [index, deed] of this.#doubtful.entries()) {
      const [number, option, atMs] = (noted[index] ?? '').split(':').map(Number)
      const isDone = number === deed.number
      if ('changes' in deed) {
        if (!isDone) changes.push(...deed.changes)
      } else if (isDone && option !== undefined && atMs !== undefined) {
        changes.push(...undoneBy(deed.borrowing, option, atMs))
      }
    }
    this.#doubtful.length = 0
    return changes
  }
}

/** Where a deed is noted. */
export function noteOf(number: number): string {
  return String(number % remembered)
}

function undoneBy({ ticket, charges, options }: Borrowing, option: number, atMs: number): Change[] {
  const all = [...charges, ...(options[option] ?? [])]
  return all.map((charge) => undone(charge, charge.amount, atMs, ticket))
}
