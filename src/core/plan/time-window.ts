/** A part of the week in one time zone. */
export interface TimeWindow {
  /** Sunday first; a window over midnight belongs to the day it begins on. */
  readonly days: readonly boolean[]
  /** Minutes after midnight; `from` belongs to the window, `to` does not. `to` ≤ `from` is over midnight. */
  readonly fromMinute: number
  readonly toMinute: number
  readonly zone: LocalTime
}

/** Milliseconds since the epoch → minutes since Sunday 0:00 on the clocks of a place. */
export type LocalTime = (wallMs: number) => number

const minutesPerDay = 1_440

export function isWithin(window: TimeWindow, wallMs: number): boolean {
  const minuteOfWeek = window.zone(wallMs)
  const day = Math.floor(minuteOfWeek / minutesPerDay)
  const minute = minuteOfWeek % minutesPerDay
  const { days, fromMinute, toMinute } = window
  if (fromMinute < toMinute) return days[day] === true && minute >= fromMinute && minute < toMinute
  const dayBefore = (day + 6) % 7
  if (minute >= fromMinute) return days[day] === true
  return minute < toMinute && days[dayBefore] === true
}

/** Zones change their offset at whole quarters of an hour only. */
const quarterMs = 900_000

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/**
 * The clocks of an IANA time zone (`Europe/Berlin`), or null when there is no such zone. The last
 * quarter of an hour is remembered: asking the calendar for every request would cost more than
 * everything else in a rule.
 */
export function localTimeIn(zone: string): LocalTime | null {
  const format = calendarOf(zone)
  if (format === null) return null
  let quarter = Number.NaN
  let minuteAtQuarter = 0
  return (wallMs) => {
    const current = Math.floor(wallMs / quarterMs)
    if (current !== quarter) {
      quarter = current
      minuteAtQuarter = minuteOfWeek(format, current * quarterMs)
    }
    return minuteAtQuarter + Math.floor((wallMs - current * quarterMs) / 60_000)
  }
}

function calendarOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    })
  } catch {
    return null
  }
}

function minuteOfWeek(format: Intl.DateTimeFormat, wallMs: number): number {
  const parts = new Map(format.formatToParts(wallMs).map(({ type, value }) => [type, value]))
  const day = weekdays.indexOf(parts.get('weekday') ?? '')
  return day * minutesPerDay + Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
}
