type Headers = Readonly<Record<string, string>>

/** What a provider says of one of its limits. */
export interface LimitHeard {
  readonly limit: number
  readonly remaining: number
  /** Until it is whole again. */
  readonly resetMs: number
}

interface Names {
  readonly limit: string
  readonly remaining: string
  readonly reset: string
}

const inOpenAiStyle = (metric: string): Names => ({
  limit: `x-ratelimit-limit${metric}`,
  remaining: `x-ratelimit-remaining${metric}`,
  reset: `x-ratelimit-reset${metric}`,
})

const inAnthropicStyle = (metric: string): Names => ({
  limit: `anthropic-ratelimit-${metric}-limit`,
  remaining: `anthropic-ratelimit-${metric}-remaining`,
  reset: `anthropic-ratelimit-${metric}-reset`,
})

const plain: Names = {
  limit: 'ratelimit-limit',
  remaining: 'ratelimit-remaining',
  reset: 'ratelimit-reset',
}

const requestNames: readonly Names[] = [
  inOpenAiStyle('-requests'),
  inAnthropicStyle('requests'),
  inOpenAiStyle('-req-minute'),
  inOpenAiStyle(''),
  plain,
]

const tokenNames: readonly Names[] = [
  inOpenAiStyle('-tokens'),
  inAnthropicStyle('tokens'),
  inAnthropicStyle('input-tokens'),
  inOpenAiStyle('-tokens-minute'),
]

/** Most limits are per minute, and most providers that do not say when they reset mean that. */
const usualWindowMs = 60_000

/** The limit on requests, as the provider's reply names it; null where it does not. */
export const requestLimit = (headers: Headers): LimitHeard | null => heard(headers, requestNames)

/** The limit on tokens. */
export const tokenLimit = (headers: Headers): LimitHeard | null => heard(headers, tokenNames)

function heard(headers: Headers, families: readonly Names[]): LimitHeard | null {
  for (const names of families) {
    const remaining = numberOf(headers[names.remaining])
    const limit = numberOf(headers[names.limit])
    if (remaining === null || limit === null || limit <= 0) continue
    const resetMs = resetOf(headers[names.reset], headers['date']) ?? usualWindowMs
    return { limit, remaining: Math.min(remaining, limit), resetMs }
  }
  return null
}

function numberOf(text: string | undefined): number | null {
  // More digits than any limit has would be infinite.
  return text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : null
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * `6m0s`, `17ms`, plain seconds, an instant since the epoch, or an RFC 3339 time. Instants are read
 * against the provider's own `date`, so that its clock need not agree with ours.
 */
function resetOf(text: string | undefined, date: string | undefined): number | null {
  if (text === undefined) return null
  const number = numberOf(text)
  if (number !== null && number < 1e9) return number * 1_000
  if (/^([\d.]+(ms|[smhd]))+$/.test(text)) {
    let sum = 0
    for (const [, amount = '', unit = ''] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
      sum += Number(amount) * (unitMs[unit] ?? 0)
    }
    return Number.isFinite(sum) ? sum : null
  }
  const instant = number === null ? Date.parse(text) : number < 1e12 ? number * 1_000 : number
  const leftMs = instant - Date.parse(date ?? '')
  return Number.isFinite(leftMs) ? Math.max(0, leftMs) : null
}
