import type { Binding, Charge, Denial } from '../../../core/limits/limit.ts'
import type { TermsOfLimits } from './terms.ts'

interface Held {
  readonly binding: Binding
  readonly tickets: Set<string>
}

export interface HeldPlace {
  readonly binding: Binding
  readonly ticket: string
}

/** When a request ends nobody knows. */
const mayBeGivenBackMs = 1_000

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

  /** First of the charges whose places this gateway holds itself: nobody else can give one back. */
  firstDenied(charges: readonly Charge[]): Denial | null {
    for (const charge of charges) {
      const { limit, subject, least } = charge
      if (limit.window.kind !== 'held') continue
      const held = this.#books.get(this.#terms.keyOf(charge))?.tickets.size ?? 0
      const remaining = limit.amount + limit.burst - held
      if (remaining >= least) continue
      return { limit, subject, needed: least, remaining, retryAfterMs: mayBeGivenBackMs }
    }
    return null
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
