import { randomInt } from 'node:crypto'
import type { Shelf } from './shelf.ts'

const firstBuckets = 256

/**
 * Finds the book of a subject among all shelves: a hash table in flat arrays that grows by splitting one
 * bucket for each book that is added (Litwin's linear hashing). A Map of a million strings takes twice
 * the memory, and holds up requests for a quarter of a second when it grows.
 */
export class SubjectIndex {
  /** First book of each bucket; 0: none. */
  #buckets = new Int32Array(firstBuckets)
  /** By book: the next one of its bucket, the hash of its subject, the number of its shelf (0: free). */
  #next = new Int32Array(firstBuckets)
  #hashes = new Int32Array(firstBuckets)
  #shelfNumbers = new Int32Array(firstBuckets)
  readonly #subjects: (string | undefined)[] = []
  /** By number. */
  readonly #shelves: (Shelf | undefined)[] = []
  /** Buckets before `#split` are divided by one bit more than those from it on. */
  #mask = firstBuckets / 2 - 1
  #split = 0
  #size = 0
  /** Nobody outside can choose names that all fall into one bucket. */
  readonly #seed = randomInt(2 ** 31)

  /** 0: it is not there. */
  find(shelf: Shelf, subject: string): number {
    const hash = this.#hash(shelf, subject)
    let book = this.#buckets[this.#bucketOf(hash)] ?? 0
    while (book !== 0) {
      if (
        this.#hashes[book] === hash &&
        this.#subjects[book] === subject &&
        this.#shelfNumbers[book] === shelf.number
      ) {
        return book
      }
      book = this.#next[book] ?? 0
    }
    return 0
  }

  /** Of a subject that is not there. */
  add(shelf: Shelf, subject: string, book: number): void {
    if (book >= this.#next.length) {
      this.#next = doubled(this.#next)
      this.#hashes = doubled(this.#hashes)
      this.#shelfNumbers = doubled(this.#shelfNumbers)
    }
    const hash = this.#hash(shelf, subject)
    this.#subjects[book] = subject
    this.#shelves[shelf.number] = shelf
    this.#shelfNumbers[book] = shelf.number
    this.#hashes[book] = hash
    this.#link(this.#bucketOf(hash), book)
    if (++this.#size > this.#mask + this.#split) this.#splitNext()
  }

  remove(book: number): void {
    const bucket = this.#bucketOf(this.#hashes[book] ?? 0)
    const next = this.#next[book] ?? 0
    let before = this.#buckets[bucket] ?? 0
    if (before === book) {
      this.#buckets[bucket] = next
    } else {
      while (before !== 0 && this.#next[before] !== book) before = this.#next[before] ?? 0
      this.#next[before] = next
    }
    this.#subjects[book] = undefined
    this.#shelfNumbers[book] = 0
    this.#size--
  }

  /** undefined: no book stands in this row. */
  shelfOf(book: number): Shelf | undefined {
    return this.#shelves[this.#shelfNumbers[book] ?? 0]
  }

  /** No book is left on it. */
  forget(shelf: Shelf): void {
    this.#shelves[shelf.number] = undefined
  }

  /** Of a book that is there. */
  subjectOf(book: number): string {
    return this.#subjects[book] ?? ''
  }

  /** FNV-1a; the last step spreads what is in the upper bits. */
  #hash({ number }: Shelf, subject: string): number {
    let hash = this.#seed ^ Math.imul(number, 0x9e3779b1)
    for (let index = 0; index < subject.length; index++) {
      hash = Math.imul(hash ^ subject.charCodeAt(index), 0x01000193)
    }
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  }

  #bucketOf(hash: number): number {
    const mixed = hash ^ (hash >>> 16)
    const bucket = mixed & this.#mask
    return bucket < this.#split ? mixed & (this.#mask * 2 + 1) : bucket
  }

  #link(bucket: number, book: number): void {
    this.#next[book] = this.#buckets[bucket] ?? 0
    this.#buckets[bucket] = book
  }

  /** Divides the books of one bucket between it and a new one. */
  #splitNext(): void {
    const from = this.#split
    if (from + this.#mask + 1 >= this.#buckets.length) this.#buckets = doubled(this.#buckets)
    let book = this.#buckets[from] ?? 0
    this.#buckets[from] = 0
    this.#split++
    if (this.#split > this.#mask) {
      this.#mask = this.#mask * 2 + 1
      this.#split = 0
    }
    while (book !== 0) {
      const next = this.#next[book] ?? 0
      this.#link(this.#bucketOf(this.#hashes[book] ?? 0), book)
      book = next
    }
  }
}

function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(numbers.length * 2)
  more.set(numbers)
  return more
}
