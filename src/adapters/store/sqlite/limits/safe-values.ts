/** Longest text of a client's making in a row: names are cut, not refused. */
const MOST_CHARACTERS = 512
/** The last millisecond SQLite has a date for: 9999-12-31. */
const LAST_MS = 253_402_300_799_999

/** SQLite takes no NaN where a number must be, and one such row would stop all beside it. */
export function safeNumber(value: number): number {
  if (Number.isNaN(value)) return 0
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
}

/** Whole milliseconds since the epoch that have a date. */
export function safeTime(atMs: number): number {
  return Math.floor(Math.max(0, Math.min(LAST_MS, safeNumber(atMs))))
}

export function shortText(value: string): string {
  return value.length <= MOST_CHARACTERS ? value : value.slice(0, MOST_CHARACTERS)
}
