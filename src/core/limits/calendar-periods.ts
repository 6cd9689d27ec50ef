import type { Period } from './limit.ts'

/** From `startMs` on, before `endMs`; milliseconds since the epoch. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** The period that holds an instant. */
export type CalendarPeriods = (wallMs: number, period: Period, timeZone: string) => Span

const dayMs = 86_400_000
const lengthsMs = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const

/**
 * Periods of calendars in their time zones, as the people there see them: a day has 23 or 25 hours when
 * clocks change. Remembers the last one of each, since working one out takes 50 µs.
 * @throws RangeError for a time zone that does not exist; configurations are checked before.
 */
export function calendarPeriods(): CalendarPeriods {
  const remembered = new Map<string, Span>()
  const zones = new Map<string, OffsetAt>()
  const offsetIn = (timeZone: string) => {
    const known = zones.get(timeZone)
    if (known !== undefined) return known
    const made = offsetsOf(timeZone)
    zones.set(timeZone, made)
    return made
  }
  return (wallMs, period, timeZone) => {
    const name = `${period} ${timeZone}`
    const last = remembered.get(name)
    if (last !== undefined && wallMs >= last.startMs && wallMs < last.endMs) return last
    const span = spanOf(wallMs, period, offsetIn(timeZone))
    remembered.set(name, span)
    return span
  }
}

/** How far local time is ahead of UTC at an instant, in milliseconds. */
type OffsetAt = (wallMs: number) => number

function offsetsOf(timeZone: string): OffsetAt {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (wallMs) => {
    const parts = new Map<string, number>()
    for (const { type, value } of format.formatToParts(wallMs)) parts.set(type, Number(value))
    const part = (name: string) => parts.get(name) ?? 0
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return local - Math.floor(wallMs / 1_000) * 1_000
  }
}

function spanOf(wallMs: number, period: Period, offsetAt: OffsetAt): Span {
  const offset = offsetAt(wallMs)
  const local = wallMs + offset
  if (period === 'day' || period === 'month') {
    const date = new Date(local)
    const year = date.getUTCFullYear()
    const month = date.getUTCMonth()
    const day = date.getUTCDate()
    const [from, to] =
      period === 'day'
        ? [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
        : [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]
    return { startMs: midnight(from, offsetAt), endMs: midnight(to, offsetAt) }
  }
  const startMs = Math.floor(local / lengthsMs[period]) * lengthsMs[period] - offset
  return { startMs, endMs: startMs + lengthsMs[period] }
}

/**
 * The instant at which a local day begins. Where clocks go back over midnight, the first of the two;
 * where they skip it, the moment they do.
 */
function midnight(local: number, offsetAt: OffsetAt): number {
  const before = offsetAt(local - dayMs)
  const after = offsetAt(local + dayMs)
  const first = local - Math.max(before, after)
  if (first + offsetAt(first) === local) return first
  const second = local - Math.min(before, after)
  if (second + offsetAt(second) === local) return second
  return local - before
}
