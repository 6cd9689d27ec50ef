import { defaultRateLimitHeaders, type RateLimitHeaders } from '../core/catalog.ts'
import { bindsTargets } from '../core/limits/denial-failure.ts'
import { type Denial, type Metric, metrics, type Reading } from '../core/limits/limit.ts'
import type { Dialect } from '../core/request.ts'
import { durationText } from './duration-text.ts'
import { addIetfHeaders } from './ietf-limit-headers.ts'
import { usd } from './reply-headers.ts'

/** What an answer may say of limits. */
export interface LimitsTold {
  /** Of the limits on the caller, as they stood after the request was charged. */
  readonly readings: readonly Reading[]
  /** What turned the request away; null where no limit did. */
  readonly denial: Denial | null
  readonly dialect: Dialect
  /** When the readings were taken, milliseconds since the epoch: Anthropic's names tell an instant. */
  readonly nowMs: number
}

/**
 * Adds to the headers of an answer what its caller has left: of each metric the limit with the least
 * share left, under the names that clients of the dialect know. A 429 of ours always has them, other
 * answers where the configuration says so. Those of the provider go then: two accounts under one name are
 * of use to nobody. Limits of providers and targets are not told: their figures are those of the
 * operator's account.
 */
export function addLimitHeaders(
  headers: string[],
  told: LimitsTold,
  settings: RateLimitHeaders = defaultRateLimitHeaders,
): void {
  if (told.denial === null && (settings.on !== 'all' || told.readings.length === 0)) return
  const readings = toTell(told)
  if (readings.length === 0) return
  leaveOutProviders(headers)
  for (const metric of metrics) {
    const reading = tightest(readings, metric, told.denial)
    if (reading !== null) addReading(headers, reading, told)
  }
  if (settings.ietf) addIetfHeaders(headers, readings, told.denial)
}

/** A budget binds with each target's price, so that it may deny without standing among the readings. */
function toTell({ readings, denial }: LimitsTold): readonly Reading[] {
  if (denial === null || bindsTargets(denial.limit)) return readings
  if (readings.some((reading) => isOf(reading, denial))) return readings
  const { limit, subject, remaining, retryAfterMs } = denial
  return [...readings, { limit, subject, remaining, resetMs: retryAfterMs ?? 0 }]
}

/** What turned the request away comes before what has less left. */
function tightest(
  readings: readonly Reading[],
  metric: Metric,
  denial: Denial | null,
): Reading | null {
  let found: Reading | null = null
  for (const reading of readings) {
    if (reading.limit.metric !== metric) continue
    if (denial !== null && isOf(reading, denial)) return reading
    if (found === null || shareLeft(reading) < shareLeft(found)) found = reading
  }
  return found
}

function isOf({ limit, subject }: Reading, denial: Denial): boolean {
  return limit.id === denial.limit.id && subject === denial.subject
}

function shareLeft({ limit, remaining }: Reading): number {
  return remaining / (limit.amount + limit.burst)
}

interface Names {
  readonly limit: string
  readonly remaining: string
  readonly reset: string
}

const inOpenAiStyle = (metric: string): Names => ({
  limit: `x-ratelimit-limit-${metric}`,
  remaining: `x-ratelimit-remaining-${metric}`,
  reset: `x-ratelimit-reset-${metric}`,
})

const inAnthropicStyle = (metric: string): Names => ({
  limit: `anthropic-ratelimit-${metric}-limit`,
  remaining: `anthropic-ratelimit-${metric}-remaining`,
  reset: `anthropic-ratelimit-${metric}-reset`,
})

/** No provider has names for the last two. */
const usualNames: Readonly<Record<Metric, Names>> = {
  requests: inOpenAiStyle('requests'),
  tokens: inOpenAiStyle('tokens'),
  inputTokens: inOpenAiStyle('input-tokens'),
  outputTokens: inOpenAiStyle('output-tokens'),
  cost: inOpenAiStyle('cost'),
  concurrent: inOpenAiStyle('concurrent'),
}

const anthropicNames: Readonly<Partial<Record<Metric, Names>>> = {
  requests: inAnthropicStyle('requests'),
  tokens: inAnthropicStyle('tokens'),
  inputTokens: inAnthropicStyle('input-tokens'),
  outputTokens: inAnthropicStyle('output-tokens'),
}

function addReading(
  headers: string[],
  { limit, remaining, resetMs }: Reading,
  { dialect, nowMs }: LimitsTold,
): void {
  const { metric } = limit
  const theirs = dialect === 'anthropic' ? anthropicNames[metric] : undefined
  const names = theirs ?? usualNames[metric]
  headers.push(names.limit, amountText(metric, limit.amount + limit.burst))
  headers.push(names.remaining, amountText(metric, remaining))
  // When running requests end nobody knows.
  if (limit.window.kind === 'held') return
  const reset = theirs === undefined ? durationText(resetMs) : instantText(nowMs + resetMs)
  headers.push(names.reset, reset)
}

/** Whole units, money in dollars; a reply that was longer than expected may have left less than none. */
function amountText(metric: Metric, amount: number): string {
  const left = Math.max(0, Math.floor(amount))
  return metric === 'cost' ? usd(left) : String(left)
}

/** Years have four digits in RFC 3339. What is owed may take longer to come back. */
const lastInstantMs = Date.UTC(9999, 11, 31, 23, 59, 59)

/** RFC 3339 in whole seconds, rounded up: `2026-11-20T14:30:05Z`. */
function instantText(atMs: number): string {
  const wholeMs = Math.min(Math.ceil(atMs / 1000) * 1000, lastInstantMs)
  return `${new Date(wholeMs).toISOString().slice(0, -5)}Z`
}

/** A name and its value behind it, for every two places. */
function leaveOutProviders(headers: string[]): void {
  let kept = 0
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    if (isOfLimits(name)) continue
    headers[kept++] = name
    headers[kept++] = headers[at + 1] ?? ''
  }
  headers.length = kept
}

function isOfLimits(name: string): boolean {
  return (
    name.startsWith('x-ratelimit-') ||
    name.startsWith('anthropic-ratelimit-') ||
    name.startsWith('ratelimit')
  )
}
