/** Ten years: a wait no one should obey. */
const YEARS_S = 315_360_000

/** The `retry-after` header a behaviour asks for, null for none. */
export function retryAfterHeader(setting: string | null, nowMs: number): string | null {
  if (setting === null || setting === 'none') return null
  if (setting === 'garbage') return 'soon-ish'
  if (setting === 'years') return String(YEARS_S)
  if (setting.startsWith('date:')) {
    return new Date(nowMs + Number(setting.slice('date:'.length)) * 1000).toUTCString()
  }
  return setting
}

/** The same as plain seconds, for dialects that carry it in the body; null where it is none. */
export function retryAfterSeconds(setting: string | null): number | null {
  const seconds = setting === 'years' ? YEARS_S : Number(setting ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds : null
}
