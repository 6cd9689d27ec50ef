import OpenAI from 'openai'
import { errorClassOf } from './statuses.ts'
import type { Raised } from './talk.ts'

export function openAiErrorName(status: number | null): string {
  return errorClassOf(status)
}

export function raisedByOpenAi(error: unknown): Raised | null {
  if (error instanceof OpenAI.APIUserAbortError) return aborted
  if (!(error instanceof OpenAI.APIError)) return null
  return {
    name: error.constructor.name,
    status: error.status ?? null,
    message: error.message,
    retryAfter: error.headers?.get('retry-after') ?? null,
    word: error.code ?? error.type ?? null,
  }
}

const aborted: Raised = {
  name: 'aborted',
  status: null,
  message: 'Request was aborted.',
  retryAfter: null,
  word: null,
}
