import {
  bringUpToDate,
  type Instant,
  leftIn,
  note,
  untilItHas,
  untilItIsFull,
} from '../../../core/limits/book.ts'
import { fieldOf, RESERVED, setField, TOUCHED_AT } from '../../../core/limits/book-table.ts'
import type { Charge, Denial, Reading } from '../../../core/limits/limit.ts'
import { takenAmount } from '../../../core/limits/whole-amount.ts'
import type { Borrowed, Borrowing } from '../../../gateway/limit-state.ts'
import { hold } from './holders.ts'
import type { Library } from './library.ts'
import type { Entry } from './shelf.ts'

/** Told of everything that is taken. */
export type Taken = (entry: Entry, book: number, amount: number) => void

/** Checks and charges: everything of one borrowing or nothing. */
export class Lender {
  readonly #library: Library
  readonly #taken: Taken
  /** Where the charges looked at last were found; kept from call to call, so that nothing is made. */
  readonly #entries: Entry[] = []
  readonly #books: number[] = []

  constructor(library: Library, taken: Taken) {
    this.#library = library
    this.#taken = taken
  }

  borrow({ ticket, charges, options }: Borrowing, now: Instant): Borrowed {
    if (!this.#fit(charges, 0, now)) {
      const denial = this.#soonestDenial([charges], now)
      return { granted: false, denial, noOption: false, readings: this.readings(charges, now) }
    }
    let option = -1
    if (options.length > 0) {
      option = this.#firstFitting(options, charges.length, now)
      if (option < 0) {
        const denial = this.#soonestDenial(options, now)
        return { granted: false, denial, noOption: true, readings: this.readings(charges, now) }
      }
    }
    const at = now.monotonicMs
    this.#charge(ticket, charges, 0, at, now)
    const chosen = options[option]
    if (chosen !== undefined) this.#charge(ticket, chosen, charges.length, at, now)
    const readings = charges.map((charge, place) => this.#reading(charge, place, now))
    return { granted: true, option, at, readings }
  }

  /** Charges whatever is left. */
  take(ticket: string, charges: readonly Charge[], atMs: number, now: Instant): void {
    for (const [place, charge] of charges.entries()) this.#look(charge, place, now)
    this.#charge(ticket, charges, 0, Math.min(atMs, now.monotonicMs), now)
  }

  /** First of the charges that there is no room for. */
  firstDenied(charges: readonly Charge[], now: Instant): Denial | null {
    for (const charge of charges) {
      const left = this.#look(charge, 0, now)
      if (!(left >= charge.least)) return this.#denial(charge, left, now)
    }
    return null
  }

  readings(charges: readonly Charge[], now: Instant): readonly Reading[] {
    return charges.map((charge) => {
      this.#look(charge, 0, now)
      return this.#reading(charge, 0, now)
    })
  }

  /** Finds a charge's book and brings it up to date; returns what is left in it. */
  #look(charge: Charge, place: number, now: Instant): number {
    const library = this.#library
    const entry = library.entryOf(charge.limit)
    const book = library.find(entry, charge.subject)
    this.#entries[place] = entry
    this.#books[place] = book
    if (book === 0) return entry.terms.capacity
    bringUpToDate(library.table, book, entry.terms, library.periods, now)
    return leftIn(library.table, book, entry.terms)
  }

  #fit(charges: readonly Charge[], from: number, now: Instant): boolean {
    for (let index = 0; index < charges.length; index++) {
      const charge = charges[index]
      if (charge === undefined) continue
      if (!(this.#look(charge, from + index, now) >= charge.least)) return false
    }
    return true
  }

  #firstFitting(options: Borrowing['options'], from: number, now: Instant): number {
    for (let option = 0; option < options.length; option++) {
      if (this.#fit(options[option] ?? [], from, now)) return option
    }
    return -1
  }

  #charge(
    ticket: string,
    charges: readonly Charge[],
    from: number,
    atMs: number,
    now: Instant,
  ): void {
    const library = this.#library
    for (let index = 0; index < charges.length; index++) {
      const charge = charges[index]
      const entry = this.#entries[from + index]
      if (charge === undefined || entry === undefined) continue
      const { shelf, terms } = entry
      let book = this.#books[from + index] ?? 0
      if (book === 0 || book === shelf.overflow) {
        book = library.findOrAdd(entry, charge.subject, atMs, now)
        this.#books[from + index] = book
      }
      const amount = takenAmount(charge.amount)
      // A calendar book is in its period now; `atMs` may be of the one before.
      const countsAtMs = terms.kind === 'calendar' ? now.monotonicMs : atMs
      note(library.table, book, terms, amount, countsAtMs, now.monotonicMs)
      if (terms.isEstimated) {
        setField(library.table, book, RESERVED, fieldOf(library.table, book, RESERVED) + amount)
      }
      setField(library.table, book, TOUCHED_AT, now.monotonicMs)
      library.charged(book, terms)
      if (shelf.holders !== null) hold(shelf.holders, ticket, book)
      if (amount > 0) this.#taken(entry, book, amount)
    }
  }

  /** Of options without room, the one whose room comes back first; of its charges, the last to have it. */
  #soonestDenial(options: readonly (readonly Charge[])[], now: Instant): Denial {
    let soonest: Denial | null = null
    for (const option of options) {
      let last: Denial | null = null
      for (const charge of option) {
        const left = this.#look(charge, 0, now)
        if (left >= charge.least) continue
        const denial = this.#denial(charge, left, now)
        if (last === null || isLater(denial, last)) last = denial
      }
      if (last !== null && (soonest === null || isLater(soonest, last))) soonest = last
    }
    if (soonest === null) throw new Error('what has no room is denied by one of its charges')
    return soonest
  }

  /** Of the charge that was looked at last. */
  #denial({ limit, subject, least }: Charge, left: number, now: Instant): Denial {
    const entry = this.#entries[0]
    const book = this.#books[0] ?? 0
    const retryAfterMs =
      entry === undefined || book === 0
        ? null
        : untilItHas(this.#library.table, book, entry.terms, least, now)
    return { limit, subject, needed: least, remaining: Math.floor(left), retryAfterMs }
  }

  #reading({ limit, subject }: Charge, place: number, now: Instant): Reading {
    const entry = this.#entries[place]
    const book = this.#books[place] ?? 0
    if (entry === undefined) return { limit, subject, remaining: 0, resetMs: 0 }
    const { table } = this.#library
    if (book === 0)
      return { limit, subject, remaining: Math.floor(entry.terms.capacity), resetMs: 0 }
    const remaining = Math.floor(leftIn(table, book, entry.terms))
    return { limit, subject, remaining, resetMs: untilItIsFull(table, book, entry.terms, now) }
  }
}

function isLater(one: Denial, other: Denial): boolean {
  if (other.retryAfterMs === null) return false
  return one.retryAfterMs === null || one.retryAfterMs > other.retryAfterMs
}
