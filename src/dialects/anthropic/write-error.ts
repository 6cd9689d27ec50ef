import type { Failure, FailureClass } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { sseEvent } from '../sse.ts'

/** Anthropic's error type per class of failure; clients decide by it whether to ask again. */
const errorTypes: Readonly<Record<FailureClass, string>> = {
  invalid_request: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  content_filtered: 'invalid_request_error',
  model_not_found: 'not_found_error',
  request_too_large: 'request_too_large',
  unauthenticated: 'authentication_error',
  forbidden: 'permission_error',
  rate_limited: 'rate_limit_error',
  budget_exceeded: 'rate_limit_error',
  provider_rate_limited: 'rate_limit_error',
  provider_quota_exhausted: 'rate_limit_error',
  provider_auth: 'api_error',
  overloaded: 'overloaded_error',
  server_error: 'api_error',
  unreachable: 'api_error',
  timeout: 'timeout_error',
  malformed_reply: 'api_error',
  truncated: 'api_error',
  no_target_available: 'overloaded_error',
  shutting_down: 'overloaded_error',
  cancelled: 'api_error',
  internal: 'api_error',
}

/** The words by which clients of Anthropic recognise that they must shorten the conversation. */
const TOO_LONG = 'prompt is too long'

/** Body of an error answer. `details.error_code` is where this dialect carries the exact class. */
export function writeError(error: Failure, requestId: string): JsonObject {
  return {
    type: 'error',
    error: {
      type: errorTypes[error.class],
      message: messageOf(error),
      details: { error_code: error.class },
    },
    request_id: requestId,
  }
}

/** Wire text of an error in a stream that has begun. */
export function writeStreamError(error: Failure, requestId: string): string {
  return sseEvent('error', JSON.stringify(writeError(error, requestId)))
}

function messageOf(error: Failure): string {
  if (error.class !== 'context_length_exceeded') return error.message
  if (error.message.toLowerCase().includes(TOO_LONG)) return error.message
  return `${TOO_LONG}: ${error.message}`
}
