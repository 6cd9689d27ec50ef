import type { Binding } from '../../../core/limits/limit.ts'
import type { TermsOfLimits } from './terms.ts'

interface Held {
  readonly binding: Binding
  readonly tickets: Set<string>
}

export interface HeldPlace {
  readonly binding: Binding
  readonly ticket: string
}

/** The places that requests of this gateway hold: they lapse unless they are prolonged. */
export class HeldPlaces {
  readonly #terms: TermsOfLimits
  readonly #books = new Map<string, Held>()
  /** Some were taken that Redis does not know of. */
  unknown = false

  constructor(terms: TermsOfLimits) {
    this.#terms = terms
  }

  add(binding: Binding, ticket: string): void {
    const key = this.#terms.keyOf(binding)
    let held = this.#books.get(key)
    if (held === undefined) {
      const { limit, subject } = binding
      held = { binding: { limit, subject }, tickets: new Set() }
      this.#books.set(key, held)
    }
    held.tickets.add(ticket)
  }

  remove(binding: Binding, ticket: string): void {
    const key = this.#terms.keyOf(binding)
    const held = this.#books.get(key)
    if (held?.tickets.delete(ticket) === true && held.tickets.size === 0) this.#books.delete(key)
  }

  forget(isForgotten: (subject: string) => boolean): void {
    for (const [key, { binding }] of this.#books) {
      if (isForgotten(binding.subject)) this.#books.delete(key)
    }
  }

  has(binding: Binding, ticket: string): boolean {
    return this.#books.get(this.#terms.keyOf(binding))?.tickets.has(ticket) ?? false
  }

  all(): HeldPlace[] {
    const places: HeldPlace[] = []
    for (const { binding, tickets } of this.#books.values()) {
      for (const ticket of tickets) places.push({ binding, ticket })
    }
    return places
  }
}
