import type { Endpoint } from '../core/request.ts'
import { codecs } from './codecs.ts'

/** An endpoint of a dialect, and the model where the dialect carries it in the path. */
export interface FoundEndpoint {
  readonly endpoint: Endpoint
  readonly model: string | null
}

const fixed = new Map<string, FoundEndpoint>()
const withModel = new Map<string, Endpoint>()
for (const codec of Object.values(codecs)) {
  for (const endpoint of codec.endpoints) {
    const action = /^\/models\/\{model\}(:\w+)$/.exec(endpoint.path)?.[1]
    if (action === undefined) fixed.set(`/v1${endpoint.path}`, { endpoint, model: null })
    else withModel.set(action, endpoint)
  }
}

/** The endpoint a path of the client API leads to, without its query; null where it leads to none. */
export function findEndpoint(path: string): FoundEndpoint | null {
  const found = fixed.get(path)
  if (found !== undefined) return found
  const gemini = /^\/(?:v1beta|v1)\/models\/([^?]+?)(:\w+)$/.exec(path)
  const action = gemini === null ? undefined : withModel.get(gemini[2] ?? '')
  const model = action === undefined ? null : decoded(gemini?.[1] ?? '')
  return action === undefined || model === null ? null : { endpoint: action, model }
}

/** Gemini's streams are an array of JSON objects unless the query asks for events. */
export function framedBy(query: string, endpoint: Endpoint): Endpoint {
  const array = endpoint.streams !== null && !/(^|&)alt=sse(&|$)/.test(query)
  return array ? { ...endpoint, streams: 'json-array' } : endpoint
}

/** null for what is no percent-encoding. */
export function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
