import type { Endpoint } from '../../core/request.ts'

export const generateContent: Endpoint = {
  dialect: 'gemini',
  operation: 'chat',
  path: '/models/{model}:generateContent',
  streams: null,
}

/** Framed as SSE where the query says `alt=sse`, else as one JSON array. */
export const streamGenerateContent: Endpoint = {
  dialect: 'gemini',
  operation: 'chat',
  path: '/models/{model}:streamGenerateContent',
  streams: 'sse',
}

export const countTokens: Endpoint = {
  dialect: 'gemini',
  operation: 'count-tokens',
  path: '/models/{model}:countTokens',
  streams: null,
}

export const embedContent: Endpoint = {
  dialect: 'gemini',
  operation: 'embedding',
  path: '/models/{model}:embedContent',
  streams: null,
}

export const batchEmbedContents: Endpoint = {
  dialect: 'gemini',
  operation: 'embedding',
  path: '/models/{model}:batchEmbedContents',
  streams: null,
}

export const endpoints: readonly Endpoint[] = [
  generateContent,
  streamGenerateContent,
  countTokens,
  embedContent,
  batchEmbedContents,
]
