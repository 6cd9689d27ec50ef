import { type BookTable, fieldOf, MARK, MARK_AT, setField, USED } from './book-table.ts'
import type { CalendarPeriods } from './calendar-periods.ts'
import type { Terms } from './terms.ts'

/**
 * Brings a book to the period that holds this instant: filled up by the amount for each period that has
 * begun, at most to amount + burst. More than that is never owed into the next period: one wrong figure
 * must not close a limit for months.
 */
export function turnCalendar(
  table: BookTable,
  book: number,
  terms: Terms,
  periods: CalendarPeriods,
  nowMs: number,
  wallMs: number,
): void {
  if (terms.limit.window.kind !== 'calendar') return
  if (wallMs < terms.period.startMs || wallMs >= terms.period.endMs) {
    terms.period = periods(wallMs, terms.limit.window.period, terms.limit.window.timeZone)
  }
  const { startMs, endMs } = terms.period
  const bookStartMs = fieldOf(table, book, MARK)
  if (bookStartMs === startMs) return
  if (bookStartMs < startMs) {
    setField(table, book, USED, carriedOver(terms, fieldOf(table, book, USED), bookStartMs))
    setField(table, book, MARK, startMs)
    setField(table, book, MARK_AT, nowMs)
  } else if (bookStartMs > endMs) {
    // The clock was far ahead once. What was taken stays taken; the next period fills it up.
    setField(table, book, MARK, startMs)
  }
  // Else it was ahead by a period, and the book had that one: it does not get it twice.
}

function carriedOver(terms: Terms, used: number, bookStartMs: number): number {
  const { startMs, endMs } = terms.period
  const begun = Math.max(1, Math.round((startMs - bookStartMs) / (endMs - startMs)))
  const overFirst = Math.min(used - terms.amount, terms.burst)
  return Math.max(0, overFirst - terms.amount * (begun - 1))
}

/** Notes an amount that was borrowed at an instant; of an earlier period it counts no more. */
export function noteCalendar(table: BookTable, book: number, amount: number, atMs: number): number {
  if (atMs < fieldOf(table, book, MARK_AT)) return 0
  const used = fieldOf(table, book, USED)
  const noted = Math.max(amount, -used)
  setField(table, book, USED, used + noted)
  return noted
}

/**
 * Notes again what was noted in a process that has ended, at an instant by its wall clock; in the period
 * of that instant, or in that of the book, if it has come further.
 */
export function replayCalendar(
  table: BookTable,
  book: number,
  terms: Terms,
  periods: CalendarPeriods,
  amount: number,
  atWallMs: number,
  wallMs: number,
): void {
  const longAgo = Number.NEGATIVE_INFINITY
  turnCalendar(table, book, terms, periods, longAgo, Math.min(atWallMs, wallMs))
  noteCalendar(table, book, amount, Number.POSITIVE_INFINITY)
}

/** Milliseconds until so much will be there; at most the capacity is asked for. */
export function untilCalendarHas(
  table: BookTable,
  book: number,
  terms: Terms,
  amount: number,
  wallMs: number,
): number {
  const used = fieldOf(table, book, USED)
  if (used + amount <= terms.capacity) return 0
  return untilUsedIs(table, book, terms, terms.capacity - amount, wallMs)
}

/** Milliseconds until all of it is back. */
export function untilCalendarIsFull(
  table: BookTable,
  book: number,
  terms: Terms,
  wallMs: number,
): number {
  const used = fieldOf(table, book, USED)
  return used > 0 ? untilUsedIs(table, book, terms, 0, wallMs) : 0
}

function untilUsedIs(
  table: BookTable,
  book: number,
  terms: Terms,
  target: number,
  wallMs: number,
): number {
  const { startMs, endMs } = terms.period
  const aheadMs = Math.max(0, fieldOf(table, book, MARK) - startMs)
  const overFirst = Math.min(fieldOf(table, book, USED) - terms.amount, terms.burst)
  const further = Math.max(0, Math.ceil((overFirst - target) / terms.amount))
  return Math.ceil(endMs - wallMs + aheadMs + further * (endMs - startMs))
}
