import type { Charge, Denial, Limit, Reading } from '../../../core/limits/limit.ts'
import type { SavedBook } from '../../../gateway/book-store.ts'
import type {
  Book,
  BookFilter,
  Borrowed,
  Borrowing,
  Correction,
  LimitStateHealth,
} from '../../../gateway/limit-state.ts'
import { Keeper } from './keeper.ts'
import { Lender } from './lender.ts'
import { Library } from './library.ts'
import { emptyBooks, forgetBooks, listBooks } from './listing.ts'
import type { MemoryState, MemoryStateOptions } from './memory-state.ts'
import { restore } from './restore.ts'
import { savedBooks } from './saved-book.ts'
import { borrowedFrom, settle } from './settle.ts'
import type { Entry } from './shelf.ts'
import { Timekeeper } from './timekeeper.ts'

const mostBooks = 1_000_000

export class MemoryBooks implements MemoryState {
  readonly #options: MemoryStateOptions
  readonly #library: Library
  readonly #lender: Lender
  readonly #time: Timekeeper
  readonly #keeper: Keeper | null
  /** The call that is under way has changed something that is kept. */
  #hasChanged = false

  constructor(options: MemoryStateOptions) {
    const { clock, store } = options
    this.#options = options
    this.#time = new Timekeeper(clock)
    this.#library = new Library({
      mostBooks: options.mostBooks ?? mostBooks,
      shareOf: options.shareOf ?? null,
      dropped: ({ kept, limitId }, subject, book) => {
        if (kept) this.#keeper?.dropped(book, { limitId, subject })
      },
    })
    this.#keeper = store === null ? null : new Keeper(store, clock, this.#library, this.#time)
    this.#lender = new Lender(this.#library, (entry, book, amount) => {
      this.#changed(entry, book, amount, this.#time.now.monotonicMs)
    })
  }

  async open(limits: readonly Limit[]): Promise<void> {
    const { store } = this.#options
    if (store === null) return
    const { changed, removed } = await restore(this.#library, this.#time, store, limits)
    for (const book of changed) this.#keeper?.touched(book)
    for (const name of removed) this.#keeper?.dropped(0, name)
  }

  borrow(borrowing: Borrowing, answer: (borrowed: Borrowed) => void): void {
    const now = this.#time.tick()
    this.#library.sweep(now)
    const borrowed = this.#lender.borrow(borrowing, now)
    if (this.#hasChanged) this.#noted(() => answer(borrowed))
    else answer(borrowed)
  }

  take(ticket: string, charges: readonly Charge[], at: number): void {
    const now = this.#time.tick()
    this.#library.sweep(now)
    this.#lender.take(ticket, charges, at, now)
    if (this.#hasChanged) this.#noted(null)
  }

  settle(corrections: readonly Correction[]): void {
    const now = this.#time.tick()
    for (const correction of corrections) {
      const book = borrowedFrom(this.#library, correction)
      if (book === 0) continue
      const difference = settle(this.#library, correction, book, now)
      if (difference === 0) continue
      this.#changed(this.#library.entryOf(correction.charge.limit), book, difference, correction.at)
    }
    if (this.#hasChanged) this.#noted(null)
  }

  look(charges: readonly Charge[]): readonly Reading[] {
    return this.#lender.readings(charges, this.#time.tick())
  }

  wouldDeny(charges: readonly Charge[]): Denial | null {
    return this.#lender.firstDenied(charges, this.#time.tick())
  }

  books(filter: BookFilter): Promise<readonly Book[]> {
    return listBooks(this.#library, this.#time, filter)
  }

  reset(filter: BookFilter): Promise<number> {
    return emptyBooks(this.#library, filter)
  }

  cleanup(untouchedMs: number): Promise<number> {
    return forgetBooks(this.#library, this.#time, untouchedMs)
  }

  health(): LimitStateHealth {
    const { books, overflowing, mostBooks: most } = this.#library
    const message =
      overflowing === 0
        ? null
        : `${books} books of limits are in use, of at most ${most}: new users, addresses or ` +
          `clients of ${overflowing} limits share one book each until others are full again. ` +
          'Find out who sends so many names (waybill limits buckets).'
    const kind = this.#keeper === null ? 'memory' : 'sqlite'
    return { kind, mode: 'exact', message, books, replicas: 1 }
  }

  snapshot(): readonly SavedBook[] {
    this.#time.tick()
    return savedBooks(this.#library, this.#time, this.#library.rows())
  }

  async close(): Promise<void> {
    await this.#keeper?.close()
  }

  /** `atMs`: monotonic, when it counts. */
  #changed({ shelf }: Entry, book: number, amount: number, atMs: number): void {
    if (this.#keeper === null || !shelf.kept) return
    this.#keeper.note(book, shelf, amount, atMs + this.#time.offsetMs)
    this.#hasChanged = true
  }

  #noted(kept: (() => void) | null): void {
    this.#hasChanged = false
    this.#keeper?.noted(kept)
  }
}
