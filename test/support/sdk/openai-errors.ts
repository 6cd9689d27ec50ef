import OpenAI from 'openai'
import { isObject, stringAt } from '../../../src/core/json.ts'
import { errorClassOf } from './statuses.ts'
import type { Raised } from './talk.ts'

export function raisedByOpenAi(error: unknown): Raised | null {
  if (error instanceof OpenAI.APIUserAbortError) return aborted
  if (!(error instanceof OpenAI.APIError)) return errorEvent(error)
  return {
    name: error.constructor.name,
    status: error.status ?? null,
    message: error.message,
    retryAfter: error.headers?.get('retry-after') ?? null,
    word: error.code ?? error.type ?? null,
  }
}

/** The helper for Responses rejects with the provider's error event itself, where it gets one. */
function errorEvent(error: unknown): Raised | null {
  if (!isObject(error) || error['type'] !== 'error') return null
  const message = stringAt(error, 'message') ?? ''
  const word = stringAt(error, 'code')
  return { name: errorClassOf(null), status: null, message, retryAfter: null, word }
}

const aborted: Raised = {
  name: 'aborted',
  status: null,
  message: 'Request was aborted.',
  retryAfter: null,
  word: null,
}
