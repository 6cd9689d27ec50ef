import { type Failure, failureClasses } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { sseEvent } from '../sse.ts'

/** The four members OpenAI's SDKs know; `code` is our failure class. */
export function writeError(error: Failure): JsonObject {
  return {
    error: {
      message: error.message,
      type: typeOf(error),
      param: error.param,
      code: error.class,
    },
  }
}

/**
 * An error in a stream that has begun. No `[DONE]` follows: clients must not take it for an end.
 */
export function writeStreamError(error: Failure): string {
  return sseEvent(null, JSON.stringify(writeError(error)))
}

function typeOf(error: Failure): string {
  switch (failureClasses[error.class].status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 429:
      return 'rate_limit_error'
  }
  return error.fault === 'caller' ? 'invalid_request_error' : 'server_error'
}
