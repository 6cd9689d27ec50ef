import { type Failure, type FailureClass, failure, failureClasses } from '../../core/failure.ts'
import { isObject, type JsonValue, objectAt, parseJson, stringAt } from '../../core/json.ts'
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

/** What an error says of itself. */
export interface Saying {
  /** null where the error came in a stream or a body with status 200. */
  readonly status: number | null
  /** Anthropic's error type; empty where the body has none. */
  readonly type: string
  readonly message: string
  /** Type, code and message together, to be searched for wordings. */
  readonly words: string
}

/**
 * Maps an error answer to a failure: by its type, its words, and its status, in that order of
 * trust.
 */
export function classifyFailure(error: UpstreamError): Failure {
  const saying = sayingOf(error.status, parseJson(error.body))
  return classifySaid(saying, retryAfterMs(error.headers, error.nowMs))
}

/**
 * `{"error":{"type","message"}}`, or the flat `{"message"}` of resellers; anything else says
 * nothing.
 */
export function sayingOf(status: number | null, body: JsonValue | undefined): Saying {
  const owner = isObject(body) ? body : {}
  const error = objectAt(owner, 'error') ?? owner
  const type = stringAt(error, 'type') ?? ''
  const message =
    stringAt(error, 'message') ?? stringAt(owner, 'error') ?? stringAt(owner, 'detail') ?? ''
  const code = stringAt(objectAt(error, 'details') ?? {}, 'error_code') ?? stringAt(error, 'code')
  return { status, type, message, words: [type, code ?? '', message].join(' ') }
}

type Rule = readonly [FailureClass, (said: Saying) => boolean]

const uploads = /\b(?:file|container|skill|thread)s?\b.{0,80}\bnot found/i

/** The first that applies decides. */
const rules: readonly Rule[] = [
  // An empty balance is a 402, but also a 400 invalid_request_error; a spend limit is a 429.
  ['provider_quota_exhausted', (said) => saysSpent(said)],
  // 529, an event in the stream, and reported as a 500 api_error: only the word is reliable.
  ['overloaded', (said) => said.type === 'overloaded_error' || said.status === 529],
  ['overloaded', (said) => isServerSide(said) && saysOverloaded(said.words)],
  // Before sizes and wordings: the message of a rate limit talks of tokens and limits as well.
  ['provider_rate_limited', (said) => said.type === 'rate_limit_error' || said.status === 429],
  // 400 "prompt is too long", but also 413 invalid_request_error about the context window.
  ['context_length_exceeded', (said) => isRequestSide(said) && saysTooLong(said.words)],
  // 413 may come from a proxy in front, without a body that says so.
  ['request_too_large', (said) => said.type === 'request_too_large' || said.status === 413],
  ['content_filtered', (said) => isRequestSide(said) && saysContentFilter(said.words)],
  // Uploaded files and containers belong to one account: the client named one it cannot see.
  ['invalid_request', (said) => said.type === 'not_found_error' && uploads.test(said.message)],
  // 404 "model: claude-x"; resellers say it in words with a 400 or 403.
  ['model_not_found', (said) => said.type === 'not_found_error' || said.status === 404],
  ['model_not_found', (said) => !isServerSide(said) && saysModelNotFound(said.words)],
  // The key is the gateway's, so a wrong one is never the client's fault.
  ['provider_auth', (said) => /^(?:authentication|permission)_error$/.test(said.type)],
  ['provider_auth', (said) => said.status === 401 || said.status === 403],
  ['provider_auth', (said) => isRequestSide(said) && saysWrongKey(said.words)],
  // 408 and 504 are the provider's own patience or that of a proxy in front of it.
  ['timeout', (said) => said.type === 'timeout_error'],
  ['timeout', (said) => said.status === 408 || said.status === 504],
  // 503 without words is what a proxy says when the provider takes no more connections.
  ['overloaded', (said) => said.status === 503],
  ['server_error', (said) => isServerSide(said)],
  // What remains with a 4xx is a mistake in the request.
  ['invalid_request', (said) => isRequestSide(said)],
]

/** The failure an error stands for. `waitMs` is what its headers ask us to wait, if they do. */
export function classifySaid(said: Saying, waitMs: number | null): Failure {
  const found = rules.find(([, applies]) => applies(said))?.[0] ?? 'server_error'
  const blamed = failureClasses[found].fault
  return failure(found, said.message === '' ? wordless(said) : said.message, {
    upstreamStatus: said.status,
    retryAfterMs: blamed === 'caller' ? null : (waitMs ?? retryAfterInText(said.message)),
    param: blamed === 'caller' ? paramOf(said.message) : null,
  })
}

/** Error codes of limits that money or an administrator lifts, not time. */
const limitCodes = /spend_limit_reached|billing_(?:unavailable|not_authorized)|not_billable/

function saysSpent(said: Saying): boolean {
  if (said.type === 'billing_error' || said.status === 402) return true
  return limitCodes.test(said.words) || saysQuotaExhausted(said.words)
}

function saysTooLong(words: string): boolean {
  return /exceeds? (?:the )?context limit/i.test(words) || saysContextLength(words)
}

/** A 5xx, or an error without a status that does not call itself the request's. */
function isServerSide(said: Saying): boolean {
  return said.status === null ? said.type !== 'invalid_request_error' : said.status >= 500
}

/** A 4xx that is about the request itself rather than who sends it. */
function isRequestSide(said: Saying): boolean {
  if (said.type === 'invalid_request_error') return true
  const status = said.status ?? 0
  return status >= 400 && status < 500 && status !== 401 && status !== 403
}

/** Anthropic begins a validation message with the field's path: `messages.0.content: …`. */
function paramOf(message: string): string | null {
  return /^([a-z][a-z_]*(?:\.[\w-]+)*): /.exec(message)?.[1] ?? null
}

function wordless(said: Saying): string {
  if (said.status === null) return 'The provider reported an error without saying which.'
  return `The provider answered with status ${said.status} and no message.`
}
