import { stretchesOfWindow } from '../../../core/limits/sliding.ts'
import type { Change } from './change.ts'
import type { TermsOfLimits } from './terms.ts'

/** Beyond so many, those noted first are forgotten: they are the first to count no more. */
const mostKept = 200_000
const minuteMs = 60_000

/** Changes that Redis has not been told of, added up by book and short stretch of time. */
export class Unsent {
  readonly #terms: TermsOfLimits
  readonly #changes = new Map<string, Change>()

  constructor(terms: TermsOfLimits) {
    this.#terms = terms
  }

  get size(): number {
    return this.#changes.size
  }

  add(change: Change): void {
    const name = this.#nameOf(change)
    const known = this.#changes.get(name)
    if (known === undefined) {
      this.#changes.set(name, change)
      if (this.#changes.size > mostKept) this.#forgetFirst()
    } else {
      this.#changes.set(name, {
        ...known,
        amount: known.amount + change.amount,
        reserved: known.reserved + change.reserved,
      })
    }
  }

  /** Takes out as many as are told in one call. */
  take(most: number): Change[] {
    const changes: Change[] = []
    for (const [name, change] of this.#changes) {
      changes.push(change)
      this.#changes.delete(name)
      if (changes.length >= most) break
    }
    return changes
  }

  /** Forgets what is told otherwise. */
  drop(isTold: (change: Change) => boolean): void {
    for (const [name, change] of this.#changes) if (isTold(change)) this.#changes.delete(name)
  }

  /** Changes of one name count in the same slot of a window, or in the same period. */
  #nameOf(change: Change): string {
    const { limit, ticket, atMs } = change
    const key = this.#terms.keyOf(change)
    if (ticket !== null) return `${key}\t${ticket}`
    const { window } = limit
    const lengthMs = window.kind === 'sliding' ? window.lengthMs / stretchesOfWindow : minuteMs
    return `${key}\t${Math.floor(atMs / lengthMs)}`
  }

  #forgetFirst(): void {
    for (const name of this.#changes.keys()) {
      this.#changes.delete(name)
      return
    }
  }
}
