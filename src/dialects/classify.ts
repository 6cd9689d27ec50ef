/**
 * What providers of every dialect say in their errors, in words and headers. Each dialect's
 * classify-failure decides with these; the texts they are given are the error's own code, type and
 * message, never the whole body, which may quote what the user wrote.
 */

/** An hour: a provider that asks for longer is out for this request's purposes all the same. */
const LONGEST_WAIT_MS = 3_600_000

const unitMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
}

/**
 * How long the provider asks to wait, in milliseconds from `nowMs` (milliseconds since the epoch);
 * null where it does not say or what it says cannot be read. Never longer than an hour.
 * `retry-after-ms` (OpenAI, Azure) is the most exact, then `retry-after`, then the reset times of
 * the limits that are used up.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | null {
  return (
    clamped(plainNumber(headers['retry-after-ms'])) ??
    clamped(waitMs(headers['retry-after'], nowMs)) ??
    clamped(resetOfSpentLimits(headers, nowMs))
  )
}

const waitInWords =
  /\b(?:try again|retry) (?:in|after) (?:([\d.]+) *sec(?:ond)?s?\b|((?:[\d.]+(?:ms|[dhms]))+))/i

/** The wait a message names in words: "Please try again in 1m12.5s", "retry after 20 seconds". */
export function retryAfterInText(text: string): number | null {
  const found = waitInWords.exec(text)
  if (found === null) return null
  const seconds = plainNumber(found[1])
  return clamped(seconds === null ? durationMs(found[2] ?? '') : seconds * 1000)
}

/**
 * Only a limit with nothing remaining (or not telling) stands in the way; the others reset later.
 */
function resetOfSpentLimits(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | null {
  let longest: number | null = null
  for (const [name, value] of Object.entries(headers)) {
    if (!/ratelimit\b.*\breset\b/.test(name)) continue
    const remaining = headers[name.replace('reset', 'remaining')]
    if (remaining !== undefined && Number(remaining) > 0) continue
    const wait = waitMs(value, nowMs)
    if (wait !== null && (longest === null || wait > longest)) longest = wait
  }
  return longest
}

/**
 * Seconds, a duration (`1m12s`, `6ms`), an instant since the epoch, an HTTP date or an RFC 3339
 * time.
 */
function waitMs(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  const number = plainNumber(text)
  if (number !== null) {
    if (number >= 1e12) return Math.max(0, number - nowMs)
    if (number >= 1e9) return Math.max(0, number * 1000 - nowMs)
    return number * 1000
  }
  // Date.parse accepts nearly any text with a number in it; only real dates may reach it.
  if (/^(?:[A-Z][a-z]{2,8}, |\d{4}-\d\d-\d\dT)/.test(text)) {
    const instant = Date.parse(text)
    return Number.isNaN(instant) ? null : Math.max(0, instant - nowMs)
  }
  return durationMs(text)
}

function durationMs(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return null
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 1)
  }
  return total
}

function plainNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null
}

function clamped(ms: number | null): number | null {
  return ms === null ? null : Math.min(LONGEST_WAIT_MS, Math.ceil(ms))
}

const contextLength = [
  /context_length_exceeded|context_window_exceeded|model_context_window/i,
  /(?:maximum|max|available|model'?s?) context (?:length|size|window)/i,
  /(?:exceed|(?:larger|longer) than).{0,80}context (?:length|size|window)/i,
  /too (?:long|large|big|many).{0,80}context (?:length|size|window)/i,
  /context (?:length|size|window).{0,40}(?:exceed|too (?:long|small))/i,
  /(?:prompt|input|conversation|messages?|request) (?:is|are|was) too long/i,
  /total length of (?:all )?(?:the )?messages/i,
  /too_many(?:_prompt|_input)?_tokens/i,
  // Not "Too many tokens, please wait": that one is Bedrock's rate limit.
  /too many (?:total |input |prompt )?(?:text )?(?:bytes|tokens)(?::| in | for )/i,
  /input[ _]?tokens?(?: count| length)?[^.]{0,60}exceed/i,
  /exceeds?.{0,40}(?:maximum|max|allowed) (?:number of )?(?:input |prompt )?(?:tokens|length)/i,
  /tokens? limit exceeded|(?:prompt|input|messages) (?:length )?(?:exceeds|too long)/i,
  /reduce (?:the length|your (?:prompt|input|message)|the (?:number|amount) of (?:input )?tokens)/i,
  // More in one request than the account may use in a minute: waiting never helps, a shorter one
  // does.
  /request too large for .*\btokens\b/is,
]

/** The request is longer than this model (or account) takes, whatever status that came with. */
export function saysContextLength(text: string): boolean {
  return contextLength.some((pattern) => pattern.test(text))
}

const quotaExhausted = [
  /insufficient_quota|exceeded_current_quota|quota_exceeded/i,
  /billing_(?:error|hard_limit|not_active)/i,
  /exceeded your (?:current |monthly )?quota|quota (?:has been |is )?exhausted/i,
  /(?:insufficient|not enough|no|out of|more) (?:api )?(?:credits?|balance|funds)\b/i,
  /(?:credit|account) balance (?:is )?(?:too low|insufficient|exhausted)/i,
  /check your plan and billing|billing (?:hard limit|details|is not active|account)/i,
  /payment required|(?:spending|usage) limits? (?:has been )?(?:reached|exceeded)/i,
  /reached your (?:specified )?(?:api )?(?:spending|usage|monthly)/i,
  /arrearage|account (?:is )?(?:not in good standing|overdue|in arrears)|余额不足|欠费/i,
]

/** A limit that fills again by itself within the minute, though it may be called a quota. */
const refillsSoon = /per[ _]?minute|per[ _]?second|\b(?:retry|try again) in \d/i
const refillsNotSoon = /per[ _]?(?:day|month)|insufficient_quota/i

/**
 * Money or a long-lived allowance has run out: waiting will not help, another account may. Ask this
 * before looking for rate limits, because providers send an empty balance as 429. Gemini calls its
 * limits per minute a quota too; those are rate limits here.
 */
export function saysQuotaExhausted(text: string): boolean {
  if (!quotaExhausted.some((pattern) => pattern.test(text))) return false
  return !refillsSoon.test(text) || refillsNotSoon.test(text)
}

const contentFilter = [
  /content[ _-]?(?:filter|policy|management policy|moderation)/i,
  /ResponsibleAIPolicyViolation|data_?inspection_?failed|content exists risk/i,
  /(?:violat\w+|flagged|against) .{0,60}(?:usage|safety|content|moderation|acceptable use)/i,
  /(?:usage|safety|content) (?:polic|guideline|system).{0,60}(?:violat|reject|block|flag)/i,
  /rejected .{0,40}(?:safety system|high risk)|prohibited_content|moderation_blocked/i,
  /(?:prompt|input|request|content) (?:was |has been |is )?(?:blocked|flagged)/i,
  /不安全或敏感/,
]

/** The provider refuses what the text says, not how it was asked. */
export function saysContentFilter(text: string): boolean {
  return contentFilter.some((pattern) => pattern.test(text))
}

const modelNotFound = [
  /model_?not_?(?:found|exist|available)|invalid_model|unknown_model|model_decommissioned/i,
  /DeploymentNotFound|deployment for this resource does not exist/i,
  /\bmodels?\b[^.\n]{0,20}(?:[^\s]{1,100} |\s)(?:does(?: not|n't)|do not|not) exist/i,
  /\bmodels?\b[^\n]{0,120}\b(?:not found|was not found|could not be found|decommissioned)/i,
  /\bmodel\s+\S+\s+is not (?:supported|available)(?! (?:with|in|for|when|by|on))/i,
  /(?:invalid|unknown|no such|unrecogni[sz]ed) model\b|not a valid model/i,
  /model (?:identifier|id|name)[^.]{0,60}\b(?:is )?(?:invalid|not valid|unknown)/i,
  /no endpoints found for|unable to access model|do(?:es)? not have access to (?:the )?model/i,
]

/** This provider does not serve that model (to this account). */
export function saysModelNotFound(text: string): boolean {
  return modelNotFound.some((pattern) => pattern.test(text))
}

const wrongKey = [
  /invalid_?api_?key|wrong_?api_?key|api_key_invalid|invalid_authentication/i,
  /(?:incorrect|invalid|wrong|missing|expired|no|bad) (?:x-)?api[ -]?key/i,
  /(?:incorrect|invalid|wrong|missing|expired|no|bad) auth\w* (?:key|token|header|credentials)/i,
  /(?:api|auth\w*)[ -]?key (?:is |was )?(?:not valid|invalid|incorrect|missing|expired|not found)/i,
  /authentication (?:error|failed|fails)|\bunauthorized\b|not authenticated/i,
]

/**
 * The gateway's own credentials for this provider are refused; some providers say so with a 400.
 */
export function saysWrongKey(text: string): boolean {
  return wrongKey.some((pattern) => pattern.test(text))
}

const overloaded = [
  /overloaded|(?:at|over) capacity|no capacity|capacity (?:exceeded|constraints?)/i,
  /server(?: is|s are)? (?:currently )?busy/i,
  /(?:service|temporarily|currently) (?:is )?(?:temporarily )?unavailable/i,
]

/** The provider is up but full, whichever 5xx (or 429) it says so with. */
export function saysOverloaded(text: string): boolean {
  return overloaded.some((pattern) => pattern.test(text))
}

const secrets = [
  /\b(?:sk|pk|rk|gsk|xai|pplx|csk|nvapi|hf|r8|fw|key)[-_][\w*.-]{8,}/gi,
  /\bAIza[\w-]{10,}/g,
  /\bBearer\s+[\w.~+/=-]{8,}/gi,
]

/**
 * A provider's message with whatever looks like a key taken out: some repeat the key they refuse.
 */
export function withoutSecrets(message: string): string {
  return secrets.reduce((text, pattern) => text.replace(pattern, '[secret]'), message)
}
