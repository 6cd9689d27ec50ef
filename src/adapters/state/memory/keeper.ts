import { bookKey } from '../../../core/limits/book-key.ts'
import type { BookName, BookStore, SavedBook } from '../../../gateway/book-store.ts'
import type { Clock } from '../../../gateway/ports.ts'
import type { Library } from './library.ts'
import { savedBooks } from './saved-book.ts'
import type { Shelf } from './shelf.ts'
import type { Timekeeper } from './timekeeper.ts'

const saveEveryMs = 5_000

/** Writing down many at once holds up requests: so many take about 2 ms. */
const mostAtOnce = 2_000

/** Steps of the clock from which all that was saved is out by. */
const noticedStepMs = 2_000

/** Tells the store what becomes of the books: each change at once, the books themselves soon after. */
export class Keeper {
  readonly #store: BookStore
  readonly #clock: Clock
  readonly #library: Library
  readonly #time: Timekeeper
  #changed = new Set<number>()
  #removed: BookName[] = []
  #savedOffsetMs: number
  #cancel: (() => void) | null = null
  /** The planned saving is at once. */
  #soon = false
  #saving: Promise<void> | null = null

  constructor(store: BookStore, clock: Clock, library: Library, time: Timekeeper) {
    this.#store = store
    this.#clock = clock
    this.#library = library
    this.#time = time
    this.#savedOffsetMs = time.offsetMs
  }

  /** To be saved as it will be then. */
  touched(book: number): void {
    this.#changed.add(book)
    this.#planToSave()
  }

  dropped(book: number, name: BookName): void {
    this.#changed.delete(book)
    this.#removed.push(name)
    this.#planToSave()
  }

  /** What was taken from a book; `atMs` since the epoch. */
  note(book: number, { limitId }: Shelf, amount: number, atMs: number): void {
    this.touched(book)
    this.#store.note(limitId, this.#library.subjectOf(book), amount, atMs)
  }

  /** All of what was noted, in one call. */
  noted(kept: (() => void) | null): void {
    this.#store.noted(kept)
  }

  async close(): Promise<void> {
    await this.#saving
    this.#cancel?.()
    this.#cancel = null
    await this.#save()
    await this.#store.close()
  }

  /** Never within a borrowing: what is saved must hold exactly the changes told before. */
  #planToSave(): void {
    if (this.#saving !== null) return
    const soon = this.#changed.size + this.#removed.length >= mostAtOnce
    if (this.#cancel !== null && soon === this.#soon) return
    this.#cancel?.()
    this.#soon = soon
    this.#cancel = this.#clock.after(soon ? 0 : saveEveryMs, () => {
      this.#cancel = null
      this.#saving = this.#save().finally(() => {
        this.#saving = null
        if (this.#changed.size + this.#removed.length > 0) this.#planToSave()
      })
    })
  }

  async #save(): Promise<void> {
    this.#time.tick()
    const { offsetMs } = this.#time
    const stepped = Math.abs(offsetMs - this.#savedOffsetMs) >= noticedStepMs
    if (stepped) this.#savedOffsetMs = offsetMs
    const books = stepped ? this.#library.rows() : this.#changed
    const saved = savedBooks(this.#library, this.#time, books)
    const removed = this.#removed.length === 0 ? [] : notAmong(this.#removed, saved)
    this.#changed = new Set()
    this.#removed = []
    if (saved.length + removed.length > 0) await this.#store.save(saved, removed)
  }
}

/** Forgotten and begun anew since: the new one stays. */
function notAmong(removed: readonly BookName[], saved: readonly SavedBook[]): readonly BookName[] {
  const names = new Set(saved.map(nameOf))
  return removed.filter((name) => !names.has(nameOf(name)))
}

function nameOf({ limitId, subject }: BookName): string {
  return bookKey(limitId, subject)
}
