import {
  APICallError,
  EmptyResponseBodyError,
  InvalidArgumentError,
  InvalidPromptError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  LoadSettingError,
  NoContentGeneratedError,
  NoSuchModelError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider'
import { type Failure, failure } from '../../core/failure.ts'
import { isObject, numberAt, stringAt } from '../../core/json.ts'
import type { UpstreamError } from '../../dialects/dialect.ts'
import { RefusedPart } from './refused-part.ts'

/** What is needed to read an error of a package. */
export interface ErrorContext {
  readonly sdk: string
  /** Reads an error answer by status, headers and wording. */
  readonly classify: (error: UpstreamError) => Failure
  /** The reply had begun: a broken connection has then cut it. */
  readonly begun: boolean
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** What a package threw, or gave as an error part of a stream, as a failure. */
export function classifyError(error: unknown, context: ErrorContext): Failure {
  if (APICallError.isInstance(error)) return classifyApiCall(error, context)
  if (error instanceof Error) return classifyThrown(error, context)
  return classifyReported(error, context)
}

function classifyApiCall(error: APICallError, context: ErrorContext): Failure {
  const { statusCode: status, responseBody, responseHeaders } = error
  if (status === undefined) return connectionFailure(error, context)
  if (status < 300) return unreadableReply(error, context)
  return context.classify({
    status,
    headers: lowerCaseNames(responseHeaders ?? {}),
    body: responseBody ?? JSON.stringify({ error: { message: error.message } }),
    nowMs: context.nowMs,
  })
}

/** One rule per line: a kind of error and what it means for the request. */
function classifyThrown(error: Error, context: ErrorContext): Failure {
  const { sdk } = context
  const asked = { retry: 'other' } as const
  const message = `${sdk}: ${error.message}`
  if (error instanceof RefusedPart) return failure('invalid_request', error.message, asked)
  if (LoadAPIKeyError.isInstance(error)) return failure('provider_auth', message)
  if (LoadSettingError.isInstance(error)) return failure('provider_auth', message)
  if (NoSuchModelError.isInstance(error)) return failure('model_not_found', message)
  // Another package may take what this one cannot express.
  if (UnsupportedFunctionalityError.isInstance(error))
    return failure('invalid_request', message, asked)
  if (InvalidPromptError.isInstance(error)) return failure('invalid_request', message, asked)
  if (InvalidArgumentError.isInstance(error)) return failure('invalid_request', message, asked)
  if (isUnreadable(error)) return unreadableReply(error, context)
  if (networkCode(error) !== null) return connectionFailure(error, context)
  // Bedrock and Google's credential chains throw plain errors; nothing but the words tells.
  if (/credential|api[ -]?key|access token|invalid_grant|authenticat/i.test(error.message)) {
    return failure('provider_auth', message)
  }
  if (context.begun) return unreadableReply(error, context)
  return failure('internal', `The provider package failed. ${message}`, { retry: 'other' })
}

function isUnreadable(error: Error): boolean {
  return [
    TypeValidationError,
    JSONParseError,
    InvalidResponseDataError,
    EmptyResponseBodyError,
    NoContentGeneratedError,
  ].some((kind) => kind.isInstance(error))
}

/** An error event of the provider, parsed or as text; some packages add the status it stands for. */
function classifyReported(error: unknown, context: ErrorContext): Failure {
  const message = isObject(error) ? stringAt(error, 'message') : null
  const reported: unknown = isObject(error) ? (error['data'] ?? error) : error
  const status = isObject(error) ? numberAt(error, 'statusCode') : null
  const text = message ?? (typeof error === 'string' ? error : JSON.stringify(reported ?? null))
  const body = isObject(reported) && message === null ? reported : { error: { message: text } }
  const read = context.classify({
    status: status ?? 500,
    headers: {},
    body: JSON.stringify(body),
    nowMs: context.nowMs,
  })
  // The status of the answer was 200: what the event stands for is no status of ours to report.
  return { ...read, upstreamStatus: status }
}

/** No answer, or an answer whose connection broke before its end. */
function connectionFailure(error: Error, context: ErrorContext): Failure {
  const code = networkCode(error)
  const cause = code === null ? error.message : `${error.message} (${code})`
  if (context.begun) {
    return failure('truncated', `The reply through ${context.sdk} broke off: ${cause}`)
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return failure('timeout', `${context.sdk} reached no provider in time: ${cause}`)
  }
  return failure('unreachable', `${context.sdk} cannot reach its provider: ${cause}`)
}

/** The provider answered, but what came is no reply: a broken connection or a broken format. */
function unreadableReply(error: Error, context: ErrorContext): Failure {
  if (networkCode(error) !== null || /terminated|incomplete|premature/i.test(error.message)) {
    return connectionFailure(error, { ...context, begun: true })
  }
  return failure(
    'malformed_reply',
    `${context.sdk} cannot read the reply: ${withoutContent(error)}`,
  )
}

/** Codes of system, TLS and undici errors: `ECONNREFUSED`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED`. */
const networkCodes = /^E(?!RR_)[A-Z0-9_]+$|^UND_ERR_|^ERR_(SSL|TLS)|CERT|LEAF_SIGNATURE/

/** The first such code in the chain of causes; null when the network is not to blame. */
function networkCode(error: unknown): string | null {
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string' && networkCodes.test(current.code)) {
      return current.code
    }
    current = current.cause
  }
  return null
}

/** What is wrong, without the text or value that has it: that is the user's conversation. */
function withoutContent({ message }: Error): string {
  return message.replace(/:? (?:Value|Text): .*$/s, '.').slice(0, 300)
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers)
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
}
