import type { Failure, FailureClass } from '../../core/failure.ts'
import { failure } from '../../core/failure.ts'
import type { JsonValue } from '../../core/json.ts'
import {
  retryAfterInText,
  retryAfterMs,
  saysContentFilter,
  saysContextLength,
  saysModelNotFound,
  saysOverloaded,
  saysQuotaExhausted,
  saysWrongKey,
  withoutSecrets,
} from '../classify.ts'
import type { UpstreamError } from '../dialect.ts'
import { type ErrorBody, readErrorBody, readErrorText } from './error-body.ts'

/** Status 0: an error inside a stream or a 200 that names no status of its own. */
type Rule = readonly [FailureClass, (status: number, words: string) => boolean]

const clientError = (status: number) => status === 0 || (status >= 400 && status < 500)

/** The first rule that holds decides. */
const rules: readonly Rule[] = [
  // A wrong key with status 401 may add "or insufficient credits" (Perplexity): the key comes
  // first.
  ['provider_auth', (status) => status === 401],
  // Before rate limits, because providers send an empty balance as 429 (and 400, 403).
  ['provider_quota_exhausted', (status, words) => status === 402 || saysQuotaExhausted(words)],
  // Whatever the status: 400, but also 413, 422, 429 "Request too large" and 500 are sent for it.
  ['context_length_exceeded', (status, words) => status !== 403 && saysContextLength(words)],
  // Kimi says so with a 429; asking the same target again after a moment is right, unlike for
  // limits.
  ['overloaded', (status, words) => status === 429 && /overloaded/i.test(words)],
  // Before the refusal of contents: its 429 may link to a "usage policy" page.
  ['provider_rate_limited', (status) => status === 429],
  ['content_filtered', (status, words) => clientError(status) && saysContentFilter(words)],
  // Known by 404, but also sent as 400 (DeepSeek, OpenRouter, Mistral) and 403 (no access to it).
  ['model_not_found', (status, words) => clientError(status) && saysModelNotFound(words)],
  // xAI and Gemini answer 400 to a wrong key.
  ['provider_auth', (status, words) => clientError(status) && saysWrongKey(words)],
  // Country, project or permission: the account may not do this, another one may.
  ['provider_auth', (status) => status === 403 || status === 407],
  // Before 413, which Groq sends for a rate limit.
  ['provider_rate_limited', (_, words) => /rate[_ -]?limit|too many requests/i.test(words)],
  // The model wrote a call its own provider refuses (Groq): not the caller's fault, another try may
  // do.
  ['malformed_reply', (_, words) => /tool_use_failed|output_parse_failed/.test(words)],
  // A file, batch or assistant that is not there has nothing to do with the model.
  ['invalid_request', (status, words) => status === 404 && /no such (?!model)\w+/i.test(words)],
  // Wrong deployment, wrong address: at this target the model cannot be had.
  ['model_not_found', (status) => status === 404],
  // 522 and 524 are Cloudflare's, for an origin that does not answer.
  ['timeout', (status) => [408, 504, 522, 524].includes(status)],
  ['request_too_large', (status) => status === 413],
  // 498 is Groq's for a full flex tier, 529 Anthropic's.
  ['overloaded', (status) => [498, 503, 529].includes(status)],
  // Mistral and others say "unavailable" or "at capacity" with a plain 500.
  ['overloaded', (status, words) => !(status >= 400 && status < 500) && saysOverloaded(words)],
  ['server_error', (status) => status >= 500],
  // Errors without a status tell by their type whose fault they are.
  ['invalid_request', (status, words) => status === 0 && /invalid_request/i.test(words)],
  ['server_error', (status) => status === 0],
]

/** Classes for which waiting can help, so that only they carry a wait. */
const waitable: ReadonlySet<FailureClass> = new Set([
  'provider_rate_limited',
  'provider_quota_exhausted',
  'overloaded',
  'server_error',
  'timeout',
])

/** Maps a provider's error answer to a failure. Everything no rule knows is the caller's 400. */
export function classifyFailure(error: UpstreamError): Failure {
  const body = readErrorText(error.body)
  const failureClass = classOf(error.status, body.words)
  return failureOf(failureClass, body, error.status, () => retryAfterMs(error.headers, error.nowMs))
}

/** An error inside a stream, or a body with status 200 that is an error. */
export function classifyEmbedded(error: JsonValue): Failure {
  const body = readErrorBody(error)
  return failureOf(classOf(body.status ?? 0, body.words), body, body.status, () => null)
}

function classOf(status: number, words: string): FailureClass {
  return rules.find(([, holds]) => holds(status, words))?.[0] ?? 'invalid_request'
}

function failureOf(
  failureClass: FailureClass,
  body: ErrorBody,
  status: number | null,
  waitInHeaders: () => number | null,
): Failure {
  return failure(failureClass, sentence(failureClass, body, status), {
    upstreamStatus: status,
    param: body.param,
    retryAfterMs: waitable.has(failureClass)
      ? (waitInHeaders() ?? retryAfterInText(body.words))
      : null,
    ...(/tool_use_failed|output_parse_failed/.test(body.code) && { retry: 'same' as const }),
  })
}

function sentence(failureClass: FailureClass, body: ErrorBody, status: number | null): string {
  const said = body.message === null ? null : withoutSecrets(body.message)
  if (failureClass === 'provider_auth') {
    return `The provider refuses the gateway's credentials${said === null ? '.' : `: ${said}`}`
  }
  if (said !== null) return said
  return status === null
    ? 'The provider reported an error without saying which.'
    : `The provider answered with status ${status} and no explanation.`
}
