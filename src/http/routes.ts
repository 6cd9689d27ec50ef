import type { Endpoint } from '../core/request.ts'
import { decoded, findEndpoint } from '../gateway/endpoints.ts'

/** What a path of the client API leads to. */
export type Route =
  | { readonly to: 'endpoint'; readonly endpoint: Endpoint; readonly model: string | null }
  /** Answered by Waybill itself, from a body. */
  | { readonly to: 'posted'; readonly what: 'explain' | 'feedback' }
  | { readonly to: 'models' }
  | { readonly to: 'model'; readonly id: string }
  | { readonly to: 'pricing'; readonly id: string }
  | { readonly to: 'health' | 'live' | 'ready' | 'metrics' | 'root' }

export type Found =
  | Route
  | { readonly to: 'nowhere' }
  | { readonly to: 'wrong-method'; readonly allow: string }

const gets = new Map<string, Route>([
  ['/', { to: 'root' }],
  ['/health', { to: 'health' }],
  ['/health/live', { to: 'live' }],
  ['/health/ready', { to: 'ready' }],
  ['/metrics', { to: 'metrics' }],
  ['/v1/models', { to: 'models' }],
  ['/v1beta/models', { to: 'models' }],
])

const posts = new Map<string, Route>([
  ['/v1/route/explain', { to: 'posted', what: 'explain' }],
  ['/v1/feedback', { to: 'posted', what: 'feedback' }],
])

/**
 * Exact look-ups on the path as it was sent: nothing is normalised, so there is no second spelling of
 * a path that could be authorised as one thing and served as another.
 */
export function findRoute(method: string, path: string): Found {
  const found = findEndpoint(path)
  if (found !== null) {
    return onPost(method, { to: 'endpoint', endpoint: found.endpoint, model: found.model })
  }
  const get = gets.get(path)
  if (get !== undefined) return onGet(method, get)
  const post = posts.get(path)
  if (post !== undefined) return onPost(method, post)
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
