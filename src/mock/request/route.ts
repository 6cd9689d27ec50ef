import type { Dialect } from '../../core/request.ts'
import type { MockRequest } from './mock-request.ts'

export type MockOperation =
  | 'chat'
  | 'completion'
  | 'embedding'
  | 'batch-embedding'
  | 'count-tokens'
  | 'image'
  | 'speech'
  | 'transcription'
  | 'moderation'
  | 'rerank'
  | 'models'
  | 'model'

/** What a path asks for. Found by how the path ends, so that any prefix (`/v1`, `/openai/v1`) does. */
export interface Route {
  readonly dialect: Dialect
  readonly operation: MockOperation
  /** The model where the path carries it. */
  readonly model: string | null
  /** Framing of the reply where the path decides it. */
  readonly streaming: 'sse' | 'json-array' | null
}

/** Longer endings stand before the shorter ones they contain. */
const posts: readonly (readonly [string, Dialect, MockOperation])[] = [
  ['/chat/completions', 'openai', 'chat'],
  ['/completions', 'openai', 'completion'],
  ['/responses', 'openai-responses', 'chat'],
  ['/responses/input_tokens', 'openai-responses', 'count-tokens'],
  ['/messages', 'anthropic', 'chat'],
  ['/messages/count_tokens', 'anthropic', 'count-tokens'],
  ['/embeddings', 'openai', 'embedding'],
  ['/images/generations', 'openai', 'image'],
  ['/images/edits', 'openai', 'image'],
  ['/images/variations', 'openai', 'image'],
  ['/audio/speech', 'openai', 'speech'],
  ['/audio/transcriptions', 'openai', 'transcription'],
  ['/audio/translations', 'openai', 'transcription'],
  ['/moderations', 'openai', 'moderation'],
  ['/rerank', 'openai', 'rerank'],
]

const geminiMethods: ReadonlyMap<string, MockOperation> = new Map([
  ['generateContent', 'chat'],
  ['streamGenerateContent', 'chat'],
  ['countTokens', 'count-tokens'],
  ['embedContent', 'embedding'],
  ['batchEmbedContents', 'batch-embedding'],
])

/** The route of a request, or null for a path no dialect has. */
export function routeOf(request: MockRequest): Route | null {
  const question = request.target.indexOf('?')
  const path = question < 0 ? request.target : request.target.slice(0, question)
  const query = question < 0 ? '' : request.target.slice(question + 1)
  if (request.method === 'GET') return listingRoute(path, request.headers)
  if (request.method !== 'POST') return null
  for (const [ending, dialect, operation] of posts) {
    if (path.endsWith(ending)) return { dialect, operation, model: null, streaming: null }
  }
  return geminiRoute(path, query)
}

function geminiRoute(path: string, query: string): Route | null {
  const from = path.lastIndexOf('/models/')
  if (from < 0) return null
  const segment = decoded(path.slice(from + '/models/'.length))
  const colon = segment.lastIndexOf(':')
  const method = segment.slice(colon + 1)
  const operation = colon < 0 ? undefined : geminiMethods.get(method)
  if (operation === undefined) return null
  const sse = /(^|&)alt=sse(&|$)/.test(query)
  const streams = method === 'streamGenerateContent'
  return {
    dialect: 'gemini',
    operation,
    model: segment.slice(0, colon),
    streaming: streams ? (sse ? 'sse' : 'json-array') : null,
  }
}

function listingRoute(path: string, headers: Readonly<Record<string, string>>): Route | null {
  const dialect = listingDialect(path, headers)
  if (path.endsWith('/models'))
    return { dialect, operation: 'models', model: null, streaming: null }
  const from = path.lastIndexOf('/models/')
  if (from < 0) return null
  const model = decoded(path.slice(from + '/models/'.length))
  return { dialect, operation: 'model', model, streaming: null }
}

/** Three dialects list models at the same path; what else they send tells them apart. */
function listingDialect(path: string, headers: Readonly<Record<string, string>>): Dialect {
  if (headers['anthropic-version'] !== undefined) return 'anthropic'
  if (headers['x-goog-api-key'] !== undefined || path.includes('/v1beta/')) return 'gemini'
  return 'openai'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
