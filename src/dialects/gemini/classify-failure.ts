import {
  type Failure,
  type FailureClass,
  type FailureDetails,
  failure,
} from '../../core/failure.ts'
import { type JsonValue, parseJson } from '../../core/json.ts'
import {
  retryAfterInText,
  retryAfterMs,
  saysContentFilter,
  saysContextLength,
  saysModelNotFound,
  saysOverloaded,
  saysQuotaExhausted,
  saysWrongKey,
} from '../classify.ts'
import type { UpstreamError } from '../dialect.ts'
import { type GoogleError, readGoogleError } from './google-error.ts'

/** What the rules look at. `code` is the google.rpc code in capitals, or '' where none was sent. */
interface Seen {
  readonly status: number
  readonly code: string
  readonly text: string
  readonly error: GoogleError
}

interface Rule {
  readonly when: (seen: Seen) => boolean
  readonly is: FailureClass
  readonly retry?: FailureDetails['retry']
}

const reason = (seen: Seen, pattern: RegExp) => seen.error.reasons.some((it) => pattern.test(it))
const invalid = (seen: Seen) =>
  seen.code === 'INVALID_ARGUMENT' || seen.code === 'OUT_OF_RANGE' || seen.status === 400
const missing = (seen: Seen) => seen.code === 'NOT_FOUND' || seen.status === 404
const exhausted = (seen: Seen) => seen.code === 'RESOURCE_EXHAUSTED' || seen.status === 429
const denied = (seen: Seen) => seen.code === 'PERMISSION_DENIED' || seen.status === 403
const lasting = (seen: Seen) => seen.error.quotas.some((quota) => /per_?(day|month)/i.test(quota))

/** The first that matches decides. */
const rules: readonly Rule[] = [
  // A wrong key is a 400 here, told from a bad request only by its reason.
  { when: (seen) => reason(seen, /^API_KEY_|^ACCESS_TOKEN_|^CREDENTIALS_/), is: 'provider_auth' },
  { when: (seen) => seen.code === 'UNAUTHENTICATED' || seen.status === 401, is: 'provider_auth' },
  { when: (seen) => invalid(seen) && saysWrongKey(seen.text), is: 'provider_auth' },
  // The account exists but cannot pay: waiting will not help.
  { when: (seen) => reason(seen, /^BILLING_/), is: 'provider_quota_exhausted' },
  { when: (seen) => /enable billing/i.test(seen.text), is: 'provider_quota_exhausted' },
  {
    when: (seen) => seen.code === 'FAILED_PRECONDITION' && /billing|\bcredits?\b/i.test(seen.text),
    is: 'provider_quota_exhausted',
  },
  // Uploaded files and caches belong to one account: the client named one this account cannot see.
  { when: (seen) => (denied(seen) || missing(seen)) && namesState(seen), is: 'invalid_request' },
  // A disabled API, a blocked project, a model this account may not use.
  { when: denied, is: 'provider_auth' },
  // The gateway stands where this API is not offered; another provider may be.
  { when: (seen) => /location is not supported/i.test(seen.text), is: 'provider_auth' },
  // A day's allowance is spent, though Google still names a delay of seconds.
  { when: (seen) => exhausted(seen) && lasting(seen), is: 'provider_quota_exhausted' },
  // "Check your plan and billing" is also said of limits per minute; those name a delay.
  {
    when: (seen) =>
      exhausted(seen) && seen.error.retryDelayMs === null && saysQuotaExhausted(seen.text),
    is: 'provider_quota_exhausted',
  },
  { when: exhausted, is: 'provider_rate_limited' },
  // Also the HTML page that stands for an unknown path: the model is part of the path.
  { when: missing, is: 'model_not_found' },
  { when: (seen) => seen.status === 413 || tooManyBytes(seen.text), is: 'request_too_large' },
  { when: (seen) => invalid(seen) && tooManyTokens(seen.text), is: 'context_length_exceeded' },
  { when: (seen) => invalid(seen) && saysModelNotFound(seen.text), is: 'model_not_found' },
  { when: (seen) => invalid(seen) && saysContentFilter(seen.text), is: 'content_filtered' },
  // Tools, thinking, system instructions, media: this model lacks it, another may have it.
  {
    when: (seen) => invalid(seen) && /not (?:enabled|supported) (?:for|by)/i.test(seen.text),
    is: 'invalid_request',
    retry: 'other',
  },
  { when: (seen) => seen.code === 'UNAVAILABLE' || seen.status === 503, is: 'overloaded' },
  { when: (seen) => seen.status >= 500 && saysOverloaded(seen.text), is: 'overloaded' },
  { when: (seen) => seen.code === 'DEADLINE_EXCEEDED', is: 'timeout' },
  { when: (seen) => seen.status === 504 || seen.status === 408, is: 'timeout' },
  // CANCELLED (499) is the provider's own doing: we would not be reading if we had hung up.
  { when: (seen) => seen.code === 'CANCELLED' || seen.status === 499, is: 'server_error' },
  { when: (seen) => seen.status >= 400 && seen.status < 500, is: 'invalid_request' },
]

function namesState({ text }: Seen): boolean {
  return /\bcache|cached ?content|\bfiles?\b|corpus|corpora/i.test(text) && !saysModelNotFound(text)
}

function tooManyBytes(text: string): boolean {
  return /payload size exceeds|request (?:body )?(?:is )?too large/i.test(text)
}

function tooManyTokens(text: string): boolean {
  return (
    saysContextLength(text) || /token count is \d+ but|reduce the input token count/i.test(text)
  )
}

/** Maps an error answer of a Gemini or Vertex address to a failure. */
export function classifyFailure(error: UpstreamError): Failure {
  const google = readGoogleError(parseJson(error.body))
  return classify(google, error.status, retryAfterMs(error.headers, error.nowMs))
}

/** The same for an error that comes in a stream or in a reply with status 200. */
export function classifyErrorBody(error: JsonValue): Failure {
  const google = readGoogleError({ error })
  return classify(google, google.code ?? 500, null)
}

function classify(error: GoogleError, status: number, headerWaitMs: number | null): Failure {
  const seen: Seen = { status, code: error.status, text: error.message, error }
  const rule = rules.find(({ when }) => when(seen))
  const asked = error.retryDelayMs ?? headerWaitMs ?? retryAfterInText(error.message)
  return failure(rule?.is ?? 'server_error', error.message || `Google answered ${status}.`, {
    upstreamStatus: status,
    retryAfterMs: asked,
    param: error.param,
    ...(rule?.retry !== undefined && { retry: rule.retry }),
  })
}
