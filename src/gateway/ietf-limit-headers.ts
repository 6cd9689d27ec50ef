import type { Denial, Limit, Metric, Period, Reading } from '../core/limits/limit.ts'

/**
 * `RateLimit-Policy` and `RateLimit`, structured fields of draft-ietf-httpapi-ratelimit-headers-11, with
 * every limit on the caller: `"user requests/minute";q=100;w=60` and `"user requests/minute";r=87;t=42`.
 * Tokens and money are in units that the draft's registry does not have: without `qu` they would be read
 * as requests.
 */
export function addIetfHeaders(
  headers: string[],
  readings: readonly Reading[],
  denial: Denial | null,
): void {
  let policies = ''
  let left = ''
  for (const { limit, subject, remaining, resetMs } of readings) {
    const { name, policy } = partsOf(limit)
    const denied = denial !== null && denial.limit.id === limit.id && denial.subject === subject
    // No `retry-after` may point into the window: it ends where the request fits again.
    const untilMs = denied ? (denial.retryAfterMs ?? resetMs) : resetMs
    const window = limit.window.kind === 'held' ? '' : `;t=${Math.ceil(untilMs / 1000)}`
    const separator = policies === '' ? '' : ', '
    policies += `${separator}${policy}`
    left += `${separator}${name};r=${integer(limit.metric, remaining)}${window}`
  }
  headers.push('ratelimit-policy', policies, 'ratelimit', left)
}

interface Parts {
  /** `"user requests/minute"` */
  readonly name: string
  /** The name with what does not change: `"user requests/minute";q=100;w=60` */
  readonly policy: string
}

const known = new WeakMap<Limit, Parts>()

function partsOf(limit: Limit): Parts {
  const before = known.get(limit)
  if (before !== undefined) return before
  const { id, metric, per, amount, burst } = limit
  const name = `"${id.replace(unwritable, encoded)}"`
  const seconds = per === null ? undefined : windowSeconds[per]
  const window = seconds === undefined ? '' : `;w=${seconds}`
  const unit = units[metric] === undefined ? '' : `;qu="${units[metric]}"`
  const parts = { name, policy: `${name};q=${integer(metric, amount + burst)}${window}${unit}` }
  known.set(limit, parts)
  return parts
}

/** What a string of RFC 9651 cannot hold, and what would end it. */
const unwritable = /[^\x20-\x7e]|["\\%]/gu

function encoded(character: string): string {
  return encodeURIComponent(character.toWellFormed())
}

/** Months differ. */
const windowSeconds: Readonly<Partial<Record<Period, number>>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
}

const units: Readonly<Partial<Record<Metric, string>>> = {
  concurrent: 'concurrent-requests',
  tokens: 'tokens',
  inputTokens: 'input-tokens',
  outputTokens: 'output-tokens',
  cost: 'micro-usd',
}

/** An integer of RFC 9651 has at most 15 digits: money is told in millionths of a dollar. */
function integer(metric: Metric, amount: number): number {
  const whole = Math.floor(metric === 'cost' ? amount / 1_000 : amount)
  return Math.min(Math.max(0, whole), 999_999_999_999_999)
}
