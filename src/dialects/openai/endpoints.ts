import type { Endpoint, Operation } from '../../core/request.ts'

const operations: Readonly<Record<string, Operation>> = {
  '/chat/completions': 'chat',
  '/completions': 'completion',
  '/embeddings': 'embedding',
  '/images/generations': 'image',
  '/images/edits': 'image',
  '/images/variations': 'image',
  '/audio/speech': 'audio',
  '/audio/transcriptions': 'audio',
  '/audio/translations': 'audio',
  '/moderations': 'moderation',
  '/rerank': 'rerank',
}

/** Whether a reply is streamed stands in the body of each of these, not in the path. */
export const endpoints: readonly Endpoint[] = Object.entries(operations).map(
  ([path, operation]) => ({ dialect: 'openai', operation, path, streams: null }),
)

export const chatEndpoint: Endpoint = {
  dialect: 'openai',
  operation: 'chat',
  path: '/chat/completions',
  streams: null,
}

export const embeddingEndpoint: Endpoint = {
  dialect: 'openai',
  operation: 'embedding',
  path: '/embeddings',
  streams: null,
}
