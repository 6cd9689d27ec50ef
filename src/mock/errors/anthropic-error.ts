import type { JsonObject } from '../../core/json.ts'
import type { ErrorKind } from '../behaviour/error-kinds.ts'
import type { ErrorContext } from './explain-error.ts'
import { explainError } from './explain-error.ts'

const types: Readonly<Record<ErrorKind, string>> = {
  'invalid-request': 'invalid_request_error',
  'context-length': 'invalid_request_error',
  'content-filter': 'invalid_request_error',
  prefill: 'invalid_request_error',
  auth: 'authentication_error',
  billing: 'billing_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  timeout: 'timeout_error',
  conflict: 'conflict_error',
  'too-large': 'request_too_large',
  unprocessable: 'invalid_request_error',
  'rate-limit': 'rate_limit_error',
  quota: 'rate_limit_error',
  server: 'api_error',
  'bad-gateway': 'api_error',
  unavailable: 'api_error',
  'gateway-timeout': 'timeout_error',
  overloaded: 'overloaded_error',
}

/** Anthropic tells these apart by their wording only. */
const wordings: Partial<Record<ErrorKind, (context: ErrorContext) => string>> = {
  'context-length': () => 'prompt is too long: 212000 tokens > 200000 maximum',
  'content-filter': () => 'Output blocked by content filtering policy',
  auth: () => 'invalid x-api-key',
  'not-found': ({ model }) => `model: ${model}`,
  billing: () => 'Your credit balance is too low to access the Anthropic API.',
  server: () => 'Internal server error',
}

export function anthropicError(kind: ErrorKind, context: ErrorContext): JsonObject {
  const message = wordings[kind]?.(context) ?? explainError(kind)
  return {
    type: 'error',
    error: { type: types[kind], message },
    request_id: context.requestId,
  }
}
