import type { JsonObject } from '../../core/json.ts'
import type { ErrorKind } from '../behaviour/error-kinds.ts'
import type { ErrorContext } from './explain-error.ts'
import { explainError } from './explain-error.ts'

interface Shape {
  readonly type: string
  readonly code: string | null
  readonly param?: string
  /** Where OpenAI words it in its own way, and gateways read the wording. */
  readonly message?: (context: ErrorContext) => string
}

const shapes: Readonly<Record<ErrorKind, Shape>> = {
  'invalid-request': { type: 'invalid_request_error', code: null },
  'context-length': {
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
    message: () =>
      "This model's maximum context length is 8192 tokens. However, your messages resulted in " +
      '12000 tokens. Please reduce the length of the messages.',
  },
  'content-filter': { type: 'invalid_request_error', code: 'content_filter', param: 'prompt' },
  prefill: { type: 'invalid_request_error', code: null, param: 'messages' },
  auth: { type: 'invalid_request_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'billing_hard_limit_reached' },
  forbidden: { type: 'request_forbidden', code: 'permission_denied' },
  'not-found': {
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: ({ model }) =>
      `The model \`${model}\` does not exist or you do not have access to it.`,
  },
  timeout: { type: 'timeout', code: null },
  conflict: { type: 'invalid_request_error', code: 'conflict' },
  'too-large': { type: 'invalid_request_error', code: 'request_too_large' },
  unprocessable: { type: 'invalid_request_error', code: null },
  'rate-limit': {
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: ({ model }) => `Rate limit reached for ${model} on requests per min (RPM): Limit 500.`,
  },
  quota: { type: 'insufficient_quota', code: 'insufficient_quota' },
  server: { type: 'server_error', code: null },
  'bad-gateway': { type: 'server_error', code: null },
  unavailable: { type: 'server_error', code: null },
  'gateway-timeout': { type: 'server_error', code: null },
  overloaded: { type: 'server_error', code: 'overloaded' },
}

/** All four keys are always there; clients rely on it. */
export function openAiError(kind: ErrorKind, context: ErrorContext): JsonObject {
  const shape = shapes[kind]
  const message = shape.message?.(context) ?? explainError(kind)
  return { error: { message, type: shape.type, param: shape.param ?? null, code: shape.code } }
}
