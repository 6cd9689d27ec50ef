import type { Period, Window } from './limit.ts'

/** Longest stretch a period is counted over when its window slides; a month is thirty days. */
export const periodMs: Readonly<Record<Period, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 2_592_000_000,
}

/** Short periods slide; a day and a month are those of the calendar. null: `concurrent`. */
export function defaultWindow(per: Period | null, timeZone = 'UTC'): Window {
  if (per === null) return { kind: 'held' }
  if (per === 'day' || per === 'month') return { kind: 'calendar', period: per, timeZone }
  return { kind: 'sliding', lengthMs: periodMs[per] }
}
