import { type JsonValue, numberAt } from '../json.ts'

/** Durations, counts and tokens beyond this come from a damaged file, and sums of them would overflow. */
export const mostSaved = 1e12

/** A number that was saved and can be reckoned with: 0 to `most`; null for anything else. */
export function savedNumber(
  from: JsonValue | undefined,
  key: string,
  most = mostSaved,
): number | null {
  const found = numberAt(from, key)
  return found !== null && isSaved(found, most) ? found : null
}

export function isSaved(value: JsonValue | undefined, most = mostSaved): value is number {
  return typeof value === 'number' && value >= 0 && value <= most
}
