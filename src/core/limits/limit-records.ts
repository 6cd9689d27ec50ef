import type { LimitRecord } from '../account/record.ts'
import type { Denial, Reading } from './limit.ts'

/**
 * How the limits on a caller stood, as records and explanations have it. Where a limit turned the request
 * away it says what was needed, and stands there also if it is one of a target.
 */
export function limitRecords(
  readings: readonly Reading[],
  denial: Denial | null = null,
): readonly LimitRecord[] {
  if (readings.length === 0 && denial === null) return none
  const records: LimitRecord[] = []
  let told = denial === null
  for (const reading of readings) {
    const denied =
      denial !== null && denial.limit.id === reading.limit.id && denial.subject === reading.subject
    told ||= denied
    records.push(recordOf(reading, denied ? denial.needed : null))
  }
  if (!told && denial !== null) {
    const { limit, subject, remaining, needed, retryAfterMs } = denial
    records.push(recordOf({ limit, subject, remaining, resetMs: retryAfterMs ?? 0 }, needed))
  }
  return records
}

const none: readonly LimitRecord[] = []

function recordOf(
  { limit, subject, remaining, resetMs }: Reading,
  needed: number | null,
): LimitRecord {
  return {
    scope: subject,
    metric: limit.metric,
    per: limit.per,
    amount: limit.amount + limit.burst,
    remaining: Math.floor(remaining),
    resetMs: Math.ceil(resetMs),
    needed,
  }
}

/** The limit that turned a request away; null where none did. */
export function refusingLimit(limits: readonly LimitRecord[]): LimitRecord | null {
  for (const limit of limits) if (limit.needed !== null) return limit
  return null
}
