import type { ErrorKind } from '../behaviour/error-kinds.ts'

/** Sentences in which providers explain themselves where the dialect asks for no wording of its own. */
const sentences: Readonly<Record<ErrorKind, string>> = {
  'invalid-request': 'The request is not valid (simulated).',
  'context-length': 'The input is longer than the context window of this model (simulated).',
  'content-filter': 'The response was filtered due to the prompt triggering the content policy.',
  prefill:
    'This model does not support assistant message prefill. ' +
    'The conversation must end with a user message.',
  auth: 'Incorrect API key provided (simulated).',
  billing: 'Your account has run out of credit (simulated).',
  forbidden: 'Your key does not have permission to use this model (simulated).',
  'not-found': 'The model does not exist or you do not have access to it (simulated).',
  timeout: 'The request took too long to arrive (simulated).',
  conflict: 'The request conflicts with another one (simulated).',
  'too-large': 'The request exceeds the maximum size (simulated).',
  unprocessable: 'The request could not be processed (simulated).',
  'rate-limit': 'Rate limit reached. Please try again later (simulated).',
  quota: 'You exceeded your current quota, please check your plan and billing details.',
  server: 'The server had an error while processing your request (simulated).',
  'bad-gateway': 'Bad gateway (simulated).',
  unavailable: 'The service is unavailable. Please try again later (simulated).',
  'gateway-timeout': 'The deadline passed before the request could finish (simulated).',
  overloaded: 'Overloaded',
}

export function explainError(kind: ErrorKind): string {
  return sentences[kind]
}

/** What an error says beside its kind. */
export interface ErrorContext {
  readonly status: number
  readonly model: string
  /** Seconds to wait, where the provider says so; null where it does not. */
  readonly retryAfterS: number | null
  readonly requestId: string
}
