import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ErrorKind } from '../behaviour/error-kinds.ts'
import type { ErrorContext } from './explain-error.ts'
import { explainError } from './explain-error.ts'

const statuses: Readonly<Record<ErrorKind, string>> = {
  'invalid-request': 'INVALID_ARGUMENT',
  'context-length': 'INVALID_ARGUMENT',
  'content-filter': 'INVALID_ARGUMENT',
  prefill: 'INVALID_ARGUMENT',
  auth: 'INVALID_ARGUMENT',
  billing: 'FAILED_PRECONDITION',
  forbidden: 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  timeout: 'CANCELLED',
  conflict: 'ABORTED',
  'too-large': 'INVALID_ARGUMENT',
  unprocessable: 'INVALID_ARGUMENT',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  quota: 'RESOURCE_EXHAUSTED',
  server: 'INTERNAL',
  'bad-gateway': 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
  'gateway-timeout': 'DEADLINE_EXCEEDED',
  overloaded: 'UNAVAILABLE',
}

const wordings: Partial<Record<ErrorKind, (context: ErrorContext) => string>> = {
  'context-length': () =>
    'The input token count (1250060) exceeds the maximum number of tokens allowed (1048576).',
  auth: () => 'API key not valid. Please pass a valid API key.',
  'not-found': ({ model }) => `models/${model} is not found for API version v1beta.`,
  'rate-limit': () => 'Resource has been exhausted (e.g. check quota).',
  unavailable: () => 'The model is overloaded. Please try again later.',
  overloaded: () => 'The model is overloaded. Please try again later.',
}

export function geminiError(kind: ErrorKind, context: ErrorContext): JsonObject {
  const message = wordings[kind]?.(context) ?? explainError(kind)
  const details = detailsOf(kind, context)
  const error: JsonObject = { code: context.status, message, status: statuses[kind] }
  return { error: details.length === 0 ? error : { ...error, details } }
}

/** Gemini says how long to wait in the body, and nowhere else. */
function detailsOf(kind: ErrorKind, { retryAfterS }: ErrorContext): JsonValue[] {
  const details: JsonValue[] = []
  if (kind === 'auth') {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    })
  }
  if (kind === 'quota') {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
          quotaId: 'GenerateRequestsPerDayPerProjectPerModel',
        },
      ],
    })
  }
  if (retryAfterS !== null) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: `${retryAfterS}s`,
    })
  }
  return details
}
