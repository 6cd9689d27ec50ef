import type { Endpoint } from '../core/request.ts'
import { codecs } from '../gateway/codecs.ts'

/** What a path of the client API leads to. */
export type Route =
  | { readonly to: 'endpoint'; readonly endpoint: Endpoint; readonly model: string | null }
  | { readonly to: 'models' }
  | { readonly to: 'model'; readonly id: string }
  | { readonly to: 'pricing'; readonly id: string }
  | { readonly to: 'health' | 'live' | 'ready' | 'metrics' | 'root' }

export type Found =
  | Route
  | { readonly to: 'nowhere' }
  | { readonly to: 'wrong-method'; readonly allow: string }

const fixed = new Map<string, Endpoint>()
const withModel = new Map<string, Endpoint>()
for (const codec of Object.values(codecs)) {
  for (const endpoint of codec.endpoints) {
    const action = /^\/models\/\{model\}(:\w+)$/.exec(endpoint.path)?.[1]
    if (action === undefined) fixed.set(`/v1${endpoint.path}`, endpoint)
    else withModel.set(action, endpoint)
  }
}

const gets = new Map<string, Route>([
  ['/', { to: 'root' }],
  ['/health', { to: 'health' }],
  ['/health/live', { to: 'live' }],
  ['/health/ready', { to: 'ready' }],
  ['/metrics', { to: 'metrics' }],
  ['/v1/models', { to: 'models' }],
  ['/v1beta/models', { to: 'models' }],
])

/**
 * Exact look-ups on the path as it was sent: nothing is normalised, so there is no second spelling of
 * a path that could be authorised as one thing and served as another.
 */
export function findRoute(method: string, path: string): Found {
  const endpoint = fixed.get(path)
  if (endpoint !== undefined) return onPost(method, { to: 'endpoint', endpoint, model: null })
  const get = gets.get(path)
  if (get !== undefined) return onGet(method, get)
  const gemini = /^\/(?:v1beta|v1)\/models\/([^?]+?)(:\w+)$/.exec(path)
  const action = gemini === null ? undefined : withModel.get(gemini[2] ?? '')
  if (action !== undefined) {
    const model = decoded(gemini?.[1] ?? '')
    if (model === null) return { to: 'nowhere' }
    return onPost(method, { to: 'endpoint', endpoint: action, model })
  }
  const model = /^\/(?:v1beta|v1)\/models\/(.+?)(\/pricing)?$/.exec(path)
  const id = model === null ? null : decoded(model[1] ?? '')
  if (id === null) return { to: 'nowhere' }
  return onGet(method, { to: model?.[2] === undefined ? 'model' : 'pricing', id })
}

function onPost(method: string, route: Route): Found {
  return method === 'POST' ? route : { to: 'wrong-method', allow: 'POST' }
}

function onGet(method: string, route: Route): Found {
  return method === 'GET' || method === 'HEAD' ? route : { to: 'wrong-method', allow: 'GET, HEAD' }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
