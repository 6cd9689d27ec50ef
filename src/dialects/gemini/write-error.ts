import { type Failure, type FailureClass, statusOf } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { sseEvent } from '../sse.ts'

/** The google.rpc code that goes with each class; @google/genai shows it in its message. */
const codes: Readonly<Record<FailureClass, string>> = {
  invalid_request: 'INVALID_ARGUMENT',
  context_length_exceeded: 'INVALID_ARGUMENT',
  content_filtered: 'INVALID_ARGUMENT',
  model_not_found: 'NOT_FOUND',
  request_too_large: 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  forbidden: 'PERMISSION_DENIED',
  rate_limited: 'RESOURCE_EXHAUSTED',
  budget_exceeded: 'RESOURCE_EXHAUSTED',
  provider_rate_limited: 'RESOURCE_EXHAUSTED',
  provider_quota_exhausted: 'RESOURCE_EXHAUSTED',
  provider_auth: 'INTERNAL',
  overloaded: 'UNAVAILABLE',
  server_error: 'INTERNAL',
  unreachable: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
  malformed_reply: 'INTERNAL',
  truncated: 'UNAVAILABLE',
  no_target_available: 'UNAVAILABLE',
  shutting_down: 'UNAVAILABLE',
  cancelled: 'CANCELLED',
  internal: 'INTERNAL',
}

const typeUrl = (name: string) => `type.googleapis.com/google.rpc.${name}`

/** Body of an error answer, in the form of a google.rpc.Status; the class stands in ErrorInfo. */
export function writeError(error: Failure, requestId: string): JsonObject {
  const { retryAfterMs, param } = error
  return {
    error: {
      code: statusOf(error.class),
      message: error.message,
      status: codes[error.class],
      details: [
        { '@type': typeUrl('ErrorInfo'), reason: error.class.toUpperCase(), domain: 'waybill' },
        { '@type': typeUrl('RequestInfo'), requestId },
        ...(param === null ? [] : [badField(param, error.message)]),
        ...(retryAfterMs === null ? [] : [retryDelay(retryAfterMs)]),
      ],
    },
  }
}

function badField(field: string, description: string): JsonObject {
  return { '@type': typeUrl('BadRequest'), fieldViolations: [{ field, description }] }
}

function retryDelay(ms: number): JsonObject {
  return { '@type': typeUrl('RetryInfo'), retryDelay: `${ms / 1000}s` }
}

/**
 * Wire text of an error in a stream that has begun: the chunk after those already sent. In an array
 * the closing bracket stays away, so that no parser takes what it has for the whole.
 */
export function writeStreamError(
  error: Failure,
  requestId: string,
  framing: 'sse' | 'json-array',
): string {
  const body = JSON.stringify(writeError(error, requestId))
  return framing === 'sse' ? sseEvent(null, body) : `,\r\n${body}`
}
