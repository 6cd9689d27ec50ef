import {
  AMOUNT,
  type BookTable,
  EARLIER,
  fieldOf,
  LATER,
  MARK,
  MARK_AT,
  NEWEST,
  OLDEST,
  STRETCH,
  setField,
  setSlotField,
  slotField,
  USED,
} from './book-table.ts'
import { addRow, pageOf, placeOf, removeRow } from './rows.ts'
import type { Terms } from './terms.ts'

/**
 * A token bucket that never holds more than it may in any stretch of one window. Time is divided into
 * stretches, 128 to a window; what is taken is noted in a slot of its stretch and comes back when all of
 * that stretch is older than the window. So nothing counts for less than a window, and nothing for more
 * than 129/128 of one: 99 % of the limit can be used.
 *
 * Where there is a burst, what was taken is owed besides, and paid back at amount per window: the burst
 * can be had at once, but not anew in every window.
 */
export const stretchesOfWindow = 128

/** Where slots are scarce they hold so many stretches: less memory, and what was taken counts longer. */
const stretchesOfWideSlot = 16

/** Owed amounts are paid back in fractions; a difference this small is none. */
const roundingError = 1e-3

/** Forgets what is older than the window, and pays back what has been earned since. */
export function ageSliding(table: BookTable, book: number, terms: Terms, nowMs: number): void {
  const record = pageOf(table.books, book)
  const at = placeOf(table.books, book)
  const oldest = record[at + OLDEST] ?? 0
  if (oldest !== 0) {
    const counts = Math.floor(nowMs / terms.stretchMs) - stretchesOfWindow
    if (slotField(table, oldest, STRETCH) < counts) forget(table, book, counts)
  }
  const owed = record[at + MARK] ?? 0
  if (owed > 0) {
    const earned = ((nowMs - (record[at + MARK_AT] ?? 0)) * terms.amount) / terms.lengthMs
    record[at + MARK] = Math.max(0, owed - Math.max(0, earned))
  }
  record[at + MARK_AT] = nowMs
}

/** Takes the slots of stretches before `counts` out of the book. */
function forget(table: BookTable, book: number, counts: number): void {
  let used = fieldOf(table, book, USED)
  let slot = fieldOf(table, book, OLDEST)
  while (slot !== 0 && slotField(table, slot, STRETCH) < counts) {
    used -= slotField(table, slot, AMOUNT)
    const later = slotField(table, slot, LATER)
    removeRow(table.slots, slot)
    slot = later
  }
  setField(table, book, OLDEST, slot)
  if (slot === 0) {
    setField(table, book, NEWEST, 0)
    used = 0
  } else {
    setSlotField(table, slot, EARLIER, 0)
  }
  setField(table, book, USED, used)
}

/** What is there now. Negative where replies were longer than what had been borrowed. */
export function leftInSliding(table: BookTable, book: number, terms: Terms): number {
  const record = pageOf(table.books, book)
  const at = placeOf(table.books, book)
  const inWindow = terms.capacity - (record[at + USED] ?? 0)
  const unowed = terms.capacity - (record[at + MARK] ?? 0) + roundingError
  return Math.min(inWindow, unowed)
}

/**
 * Notes an amount at an instant, which may be past: in the slot of its stretch, or in the first after
 * it. Negative amounts give back, at most what the slot holds. What is older than the window counts no
 * more. Returns what has changed.
 */
export function noteSliding(
  table: BookTable,
  book: number,
  terms: Terms,
  amount: number,
  atMs: number,
  nowMs: number,
): number {
  const stretch = Math.floor(atMs / terms.stretchMs)
  if (stretch < Math.floor(nowMs / terms.stretchMs) - stretchesOfWindow) return 0
  const slot = slotAt(table, book, stretch)
  let noted = amount
  if (slot !== 0) {
    const held = slotField(table, slot, AMOUNT)
    noted = Math.max(amount, -held)
    setSlotField(table, slot, AMOUNT, held + noted)
  } else {
    if (amount <= 0) return 0
    appendSlot(table, book, stretch, amount)
  }
  const record = pageOf(table.books, book)
  const at = placeOf(table.books, book)
  record[at + USED] = (record[at + USED] ?? 0) + noted
  if (terms.burst > 0) record[at + MARK] = Math.max(0, (record[at + MARK] ?? 0) + noted)
  return noted
}

/** The first slot that is not before this stretch; 0: there is none. Most are looked for at the end. */
function slotAt(table: BookTable, book: number, stretch: number): number {
  let found = 0
  let slot = fieldOf(table, book, NEWEST)
  while (slot !== 0 && slotField(table, slot, STRETCH) >= stretch) {
    found = slot
    slot = slotField(table, slot, EARLIER)
  }
  return found
}

function appendSlot(table: BookTable, book: number, stretch: number, amount: number): void {
  const scarce = table.slots.inUse >= table.manySlots
  const slot = addRow(table.slots)
  setSlotField(table, slot, STRETCH, scarce ? endOfWideSlot(stretch) : stretch)
  setSlotField(table, slot, AMOUNT, amount)
  const newest = fieldOf(table, book, NEWEST)
  if (newest === 0) {
    setField(table, book, OLDEST, slot)
  } else {
    setSlotField(table, newest, LATER, slot)
    setSlotField(table, slot, EARLIER, newest)
  }
  setField(table, book, NEWEST, slot)
}

function endOfWideSlot(stretch: number): number {
  return (Math.floor(stretch / stretchesOfWideSlot) + 1) * stretchesOfWideSlot - 1
}

/** Milliseconds until so much will be there, if nobody takes more; at most the capacity is asked for. */
export function untilSlidingHas(
  table: BookTable,
  book: number,
  terms: Terms,
  amount: number,
  nowMs: number,
): number {
  const owed = fieldOf(table, book, MARK) + amount - terms.capacity - roundingError
  let wait = owed > 0 ? (owed * terms.lengthMs) / terms.amount : 0
  let missing = fieldOf(table, book, USED) + amount - terms.capacity
  let slot = fieldOf(table, book, OLDEST)
  while (missing > 0 && slot !== 0) {
    missing -= slotField(table, slot, AMOUNT)
    if (missing <= 0) wait = Math.max(wait, untilOut(table, slot, terms, nowMs))
    slot = slotField(table, slot, LATER)
  }
  return Math.ceil(wait)
}

/** Milliseconds until all of it is back. */
export function untilSlidingIsFull(
  table: BookTable,
  book: number,
  terms: Terms,
  nowMs: number,
): number {
  const owed = fieldOf(table, book, MARK)
  const paid = owed > roundingError ? (owed * terms.lengthMs) / terms.amount : 0
  if (fieldOf(table, book, USED) === 0) return Math.ceil(paid)
  const newest = fieldOf(table, book, NEWEST)
  return Math.ceil(Math.max(paid, untilOut(table, newest, terms, nowMs)))
}

function untilOut(table: BookTable, slot: number, terms: Terms, nowMs: number): number {
  const stretch = slotField(table, slot, STRETCH)
  return (stretch + stretchesOfWindow + 1) * terms.stretchMs - nowMs
}
