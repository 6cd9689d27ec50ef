import Anthropic from '@anthropic-ai/sdk'
import { ApiError as GeminiError } from '@google/genai'
import OpenAI from 'openai'
import { isObject, objectAt, parseJson, stringAt } from '../../src/core/json.ts'
import type { Dialect } from '../../src/core/request.ts'

/** What an official SDK made of an error. */
export interface SdkError {
  /** Name of the SDK's own error class; of another one where it did not recognise the answer. */
  readonly type: string
  /** null in the middle of a stream. */
  readonly status: number | null
  /** The error's own word for what happened; null where the body has not the dialect's form. */
  readonly word: string | null
}

export function readSdkError(dialect: Dialect, error: unknown): SdkError {
  if (dialect === 'gemini') return geminiError(error)
  const isAnthropic = dialect === 'anthropic'
  if (isAnthropic && error instanceof Anthropic.APIError) {
    const body: unknown = error.error
    const word = isObject(body) ? stringAt(objectAt(body, 'error') ?? {}, 'type') : null
    return { type: error.constructor.name, status: error.status ?? null, word }
  }
  if (!isAnthropic && error instanceof OpenAI.APIError) {
    return {
      type: error.constructor.name,
      status: error.status ?? null,
      word: error.type === undefined ? null : (error.code ?? null),
    }
  }
  return { type: String(error), status: null, word: null }
}

/** Google's SDK puts the body into its message. */
function geminiError(error: unknown): SdkError {
  if (!(error instanceof GeminiError)) return { type: String(error), status: null, word: null }
  const body = parseJson(error.message.slice(error.message.indexOf('{')))
  const word = stringAt(objectAt(body, 'error') ?? {}, 'status')
  return { type: error.name, status: error.status, word }
}

const typesByStatus: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  429: 'RateLimitError',
}

/** Anthropic's SDK tells more of them apart. */
const anthropicTypes: Readonly<Record<number, string>> = {
  413: 'ContentTooLargeError',
  503: 'ServiceUnavailableError',
  504: 'GatewayTimeoutError',
}

/** The class of error an SDK raises for a status; null stands for the middle of a stream. */
export function sdkErrorType(dialect: Dialect, status: number | null): string {
  if (dialect === 'gemini') return 'ApiError'
  if (status === null) return 'APIError'
  const own = dialect === 'anthropic' ? anthropicTypes[status] : undefined
  return own ?? typesByStatus[status] ?? (status >= 500 ? 'InternalServerError' : 'APIError')
}
