import { bringUpToDate, type Instant, isFull } from '../../../core/limits/book.ts'
import {
  addBook,
  type BookTable,
  createBookTable,
  fieldOf,
  MARK_AT,
  RESERVED,
  removeBook,
  SINCE,
  setField,
  TOUCHED_AT,
} from '../../../core/limits/book-table.ts'
import { type CalendarPeriods, calendarPeriods } from '../../../core/limits/calendar-periods.ts'
import { copyUse } from '../../../core/limits/copy-use.ts'
import { filedUnder } from '../../../core/limits/filed-under.ts'
import type { Limit } from '../../../core/limits/limit.ts'
import { setShare, type Terms, termsOf } from '../../../core/limits/terms.ts'
import { letAllGo } from './holders.ts'
import { createShelf, type Entry, otherSubjects, type Shelf, shelfName } from './shelf.ts'
import { SubjectIndex } from './subject-index.ts'

interface LibraryOptions {
  readonly mostBooks: number
  readonly shareOf: ((limit: Limit) => number) | null
  /** Told of every book that is forgotten. */
  readonly dropped: (shelf: Shelf, subject: string, book: number) => void
}

/** Slots beyond the one that every book has in use: from there on they are made wider. */
const slotsPerBook = 4

/** Books that are full again are dropped from so many on, so that small ones can be listed for long. */
const mostKeptFull = 100_000

/** All books, found by limit and subject. */
export class Library {
  readonly table: BookTable
  readonly periods: CalendarPeriods = calendarPeriods()
  readonly shelves = new Map<string, Shelf>()
  readonly mostBooks: number
  /** Shelves whose subjects have to share a book. */
  overflowing = 0
  readonly #shareOf: LibraryOptions['shareOf']
  readonly #dropped: LibraryOptions['dropped']
  readonly #entries = new WeakMap<Limit, Entry>()
  readonly #index = new SubjectIndex()
  /** By book: of the limit it was charged by last, since those of one shelf allow different amounts. */
  readonly #terms: Terms[] = []
  #shelvesMade = 0
  #cursor = 0

  constructor({ mostBooks, shareOf, dropped }: LibraryOptions) {
    this.mostBooks = mostBooks
    this.#shareOf = shareOf
    this.#dropped = dropped
    this.table = createBookTable(mostBooks * slotsPerBook)
  }

  entryOf(limit: Limit): Entry {
    const entry = this.#entries.get(limit) ?? this.#newEntry(limit)
    if (entry.shelf.isForgotten) entry.shelf = this.#shelfFor(limit)
    if (this.#shareOf !== null) {
      const share = this.#shareOf(limit)
      if (share !== entry.terms.share) setShare(entry.terms, share)
    }
    return entry
  }

  #newEntry(limit: Limit): Entry {
    const entry = { terms: termsOf(limit), shelf: this.#shelfFor(limit) }
    this.#entries.set(limit, entry)
    return entry
  }

  #shelfFor(limit: Limit): Shelf {
    const name = shelfName(limit)
    let shelf = this.shelves.get(name)
    if (shelf === undefined) {
      shelf = createShelf(limit, ++this.#shelvesMade)
      this.shelves.set(name, shelf)
    }
    return shelf
  }

  /** The book of a subject, or the one it would share; 0: it has none, so nothing was taken. */
  find({ shelf, terms }: Entry, subject: string): number {
    const book = this.#index.find(shelf, filedUnder(subject))
    return book === 0 && !isForOne(terms) ? shelf.overflow : book
  }

  /** `sinceMs`: monotonic; what was borrowed before is not in the book. */
  findOrAdd({ shelf, terms }: Entry, subject: string, sinceMs: number, now: Instant): number {
    const name = filedUnder(subject)
    const known = this.#index.find(shelf, name)
    if (known !== 0) return known
    const mustShare =
      !isForOne(terms) &&
      (this.books >= this.mostBooks ||
        name === otherSubjects ||
        // Places are given back to the book they are held in: that one is in use until all are.
        (shelf.overflow !== 0 &&
          shelf.holders !== null &&
          !isFull(this.table, shelf.overflow, terms)))
    if (mustShare && shelf.overflow !== 0) return shelf.overflow
    const book = addBook(this.table)
    this.#index.add(shelf, mustShare ? otherSubjects : name, book)
    this.#terms[book] = terms
    bringUpToDate(this.table, book, terms, this.periods, now)
    setField(this.table, book, SINCE, sinceMs)
    setField(this.table, book, MARK_AT, sinceMs)
    if (mustShare) {
      shelf.overflow = book
      this.overflowing++
    } else {
      shelf.books++
      // It may have been among the others: then what was taken there may have been taken by it.
      if (shelf.overflow !== 0 && !isForOne(terms))
        copyUse(this.table, shelf.overflow, book, terms, now)
    }
    return book
  }

  forget(book: number): void {
    const shelf = this.#index.shelfOf(book)
    if (shelf === undefined) return
    if (shelf.holders !== null) letAllGo(shelf.holders, book)
    if (shelf.overflow === book) {
      shelf.overflow = 0
      this.overflowing--
    } else {
      shelf.books--
    }
    const subject = this.#index.subjectOf(book)
    this.#index.remove(book)
    removeBook(this.table, book)
    this.#dropped(shelf, subject, book)
  }

  /** Limits come and go with quotas; those without books take up room for nothing. */
  forgetEmptyShelves(): void {
    for (const [name, shelf] of this.shelves) {
      if (shelf.books > 0 || shelf.overflow !== 0) continue
      this.shelves.delete(name)
      this.#index.forget(shelf)
      shelf.isForgotten = true
    }
  }

  /** undefined: no book stands in this row. */
  shelfOf(book: number): Shelf | undefined {
    return this.#index.shelfOf(book)
  }

  /** How much there is of what in a book, as it was when it was charged last; for rows in use. */
  termsOf(book: number): Terms | undefined {
    return this.#terms[book]
  }

  charged(book: number, terms: Terms): void {
    this.#terms[book] = terms
  }

  /** Whose book it is; for rows in use. */
  subjectOf(book: number): string {
    return this.#index.subjectOf(book)
  }

  get books(): number {
    return this.table.books.inUse
  }

  /** Rows that books may stand in are 1 to this. */
  get lastRow(): number {
    return this.table.books.top
  }

  *rows(): Iterable<number> {
    for (let book = 1; book <= this.lastRow; book++) {
      if (this.#index.shelfOf(book) !== undefined) yield book
    }
  }

  /** A few steps of a walk round all books, forgetting those that are full again; more when it is needed. */
  sweep(now: Instant): void {
    const most = this.mostBooks
    if (this.books < Math.min(mostKeptFull, most / 2)) return
    const steps = this.books >= most ? 64 : 8
    for (let step = 0; step < steps; step++) {
      this.#cursor = this.#cursor >= this.lastRow ? 1 : this.#cursor + 1
      this.forgetIfFull(this.#cursor, now)
    }
  }

  /** Forgets a book of which everything is back and nothing is under way. */
  forgetIfFull(book: number, now: Instant): boolean {
    return fieldOf(this.table, book, RESERVED) === 0 && this.#forgetFull(book, now)
  }

  /** Forgets a full book that was not touched since (monotonic): nothing can be under way for so long. */
  forgetIfUntouched(book: number, now: Instant, sinceMs: number): boolean {
    return fieldOf(this.table, book, TOUCHED_AT) <= sinceMs && this.#forgetFull(book, now)
  }

  #forgetFull(book: number, now: Instant): boolean {
    const terms = this.#terms[book]
    if (terms === undefined || this.#index.shelfOf(book) === undefined) return false
    bringUpToDate(this.table, book, terms, this.periods, now)
    if (!isFull(this.table, book, terms)) return false
    this.forget(book)
    return true
  }
}

/** A limit for one value has one book, whatever others share: they are as few as such limits are. */
function isForOne({ limit }: Terms): boolean {
  return limit.booksOf !== undefined
}
