const unitsMs = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const

/** `90s`, `30m`, `12h`, `7d`, `2w` → milliseconds; null for anything else. */
export function durationIn(text: string): number | null {
  const [, count, unit] = /^(\d{1,9}(?:\.\d{1,9})?)\s*([smhdw])$/.exec(text.trim()) ?? []
  if (count === undefined || !isUnit(unit)) return null
  return Math.round(Number(count) * unitsMs[unit])
}

function isUnit(text: string | undefined): text is keyof typeof unitsMs {
  return text !== undefined && Object.hasOwn(unitsMs, text)
}

const day = /^\d{4}-\d{2}-\d{2}$/
/** With a zone: nobody knows whose clock is meant otherwise. */
const time = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/i

/**
 * `2026-12-31` (the last millisecond of it, UTC), `2026-12-31T12:00:00Z`, or in `7d` → milliseconds since
 * the epoch; null for anything else, the 31st of February too.
 */
export function endIn(text: string, nowMs: number): number | null {
  const duration = durationIn(text)
  if (duration !== null) return nowMs + duration
  const start = startOf(text)
  return start !== null && day.test(text) ? start + unitsMs.d - 1 : start
}

/** The same for the past: the first millisecond of a day, or so long ago. */
export function beginningIn(text: string, nowMs: number): number | null {
  const duration = durationIn(text)
  return duration === null ? startOf(text) : nowMs - duration
}

function startOf(text: string): number | null {
  if (!day.test(text) && !time.test(text)) return null
  const midnight = Date.parse(text.slice(0, 10))
  // `Date` takes 30 February for 2 March.
  if (!Number.isFinite(midnight) || !new Date(midnight).toISOString().startsWith(text.slice(0, 10)))
    return null
  const at = day.test(text) ? midnight : Date.parse(text.replace(' ', 'T'))
  return Number.isFinite(at) ? at : null
}
