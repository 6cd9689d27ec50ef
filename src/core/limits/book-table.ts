import { addRow, createRows, pageOf, placeOf, type Rows, removeRow } from './rows.ts'

/** Books and their slots as rows of numbers: one book is one line of the processor's cache. */
export interface BookTable {
  readonly books: Rows
  /** What was taken in one short stretch of time, for books of sliding windows. */
  readonly slots: Rows
  /** From so many on, slots are made wider: what is kept of each book has an end. */
  readonly manySlots: number
}

/** Taken and still counting, in units of the limit's metric. */
export const USED = 0
/** Part of it that is not settled yet. */
export const RESERVED = 1
/** Sliding: what of the burst is still owed. Calendar: the start of its period, since the epoch. */
export const MARK = 2
/** Monotonic milliseconds. Sliding: when so much was owed. Calendar: when the book came to its period. */
export const MARK_AT = 3
/** Monotonic milliseconds: what was borrowed before is not in this book. */
export const SINCE = 4
/** Monotonic milliseconds. */
export const TOUCHED_AT = 5
/** Rows of the first and last slot that count; 0: none. */
export const OLDEST = 6
export const NEWEST = 7
const fieldsOfBook = 8

/** Number of the stretch of time, counted from the start of the monotonic clock. */
export const STRETCH = 0
export const AMOUNT = 1
/** Rows of the slots before and after it; 0: none. */
export const EARLIER = 2
export const LATER = 3
const fieldsOfSlot = 4

export function createBookTable(manySlots: number): BookTable {
  return { books: createRows(fieldsOfBook), slots: createRows(fieldsOfSlot), manySlots }
}

/** Field of a book. */
export function fieldOf({ books }: BookTable, book: number, field: number): number {
  return pageOf(books, book)[placeOf(books, book) + field] ?? 0
}

export function setField({ books }: BookTable, book: number, field: number, value: number): void {
  pageOf(books, book)[placeOf(books, book) + field] = value
}

export function slotField({ slots }: BookTable, slot: number, field: number): number {
  return pageOf(slots, slot)[placeOf(slots, slot) + field] ?? 0
}

export function setSlotField(
  { slots }: BookTable,
  slot: number,
  field: number,
  value: number,
): void {
  pageOf(slots, slot)[placeOf(slots, slot) + field] = value
}

/** A new book, all zeros. Returns its row. */
export function addBook(table: BookTable): number {
  return addRow(table.books)
}

export function removeBook(table: BookTable, book: number): void {
  for (let slot = fieldOf(table, book, OLDEST); slot !== 0; ) {
    const later = slotField(table, slot, LATER)
    removeRow(table.slots, slot)
    slot = later
  }
  removeRow(table.books, book)
}
