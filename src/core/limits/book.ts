import { type BookTable, fieldOf, MARK, RESERVED, setField, USED } from './book-table.ts'
import { noteCalendar, turnCalendar, untilCalendarHas, untilCalendarIsFull } from './calendar.ts'
import type { CalendarPeriods } from './calendar-periods.ts'
import {
  ageSliding,
  leftInSliding,
  noteSliding,
  untilSlidingHas,
  untilSlidingIsFull,
} from './sliding.ts'
import type { Terms } from './terms.ts'

/** An instant, by both clocks; the wall clock as it may be relied on. */
export interface Instant {
  monotonicMs: number
  wallMs: number
}

/** When a request that is under way gives back what it holds nobody knows: ask again after so long. */
const mayBeGivenBackMs = 1_000

/** Before anything is read from a book: what has come back by now. */
export function bringUpToDate(
  table: BookTable,
  book: number,
  terms: Terms,
  periods: CalendarPeriods,
  now: Instant,
): void {
  if (terms.kind === 'sliding') ageSliding(table, book, terms, now.monotonicMs)
  else if (terms.kind === 'calendar') {
    turnCalendar(table, book, terms, periods, now.monotonicMs, now.wallMs)
  }
}

/** What is there now; negative where more was used than had been borrowed. */
export function leftIn(table: BookTable, book: number, terms: Terms): number {
  if (terms.kind === 'sliding') return leftInSliding(table, book, terms)
  return terms.capacity - fieldOf(table, book, USED)
}

/** Notes what was taken (given back, where negative) at an instant. Returns what has changed. */
export function note(
  table: BookTable,
  book: number,
  terms: Terms,
  amount: number,
  atMs: number,
  nowMs: number,
): number {
  if (terms.kind === 'sliding') return noteSliding(table, book, terms, amount, atMs, nowMs)
  if (terms.kind === 'calendar') return noteCalendar(table, book, amount, atMs)
  const used = fieldOf(table, book, USED)
  const noted = Math.max(amount, -used)
  setField(table, book, USED, used + noted)
  return noted
}

/**
 * Milliseconds until so much will be there, when there is less now; null: it never will. What is
 * borrowed of a calendar book and may be given back is waited for, not the next day.
 */
export function untilItHas(
  table: BookTable,
  book: number,
  terms: Terms,
  amount: number,
  now: Instant,
): number | null {
  if (!(amount <= terms.capacity)) return null
  if (terms.kind === 'held') return mayBeGivenBackMs
  if (terms.kind === 'sliding') {
    return untilSlidingHas(table, book, terms, amount, now.monotonicMs)
  }
  const untilFilledMs = untilCalendarHas(table, book, terms, amount, now.wallMs)
  const reserved = fieldOf(table, book, RESERVED)
  if (reserved === 0 || leftIn(table, book, terms) + reserved < amount) return untilFilledMs
  return Math.min(untilFilledMs, mayBeGivenBackMs)
}

/** Milliseconds until all of it is back; 0 also where nobody knows. */
export function untilItIsFull(table: BookTable, book: number, terms: Terms, now: Instant): number {
  if (terms.kind === 'sliding') return untilSlidingIsFull(table, book, terms, now.monotonicMs)
  if (terms.kind === 'calendar') return untilCalendarIsFull(table, book, terms, now.wallMs)
  return 0
}

/** Nothing that was taken counts any more. */
export function isFull(table: BookTable, book: number, terms: Terms): boolean {
  if (fieldOf(table, book, USED) !== 0) return false
  return terms.kind !== 'sliding' || fieldOf(table, book, MARK) === 0
}
