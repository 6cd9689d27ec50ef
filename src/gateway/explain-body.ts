import type { Client } from '../core/catalog.ts'
import type { Explanation } from '../core/explain.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { Dialect } from '../core/request.ts'
import { findEndpoint, framedBy } from './endpoints.ts'
import type { Incoming } from './exchange.ts'
import { explainRequest, type Meeting } from './explain-request.ts'
import { readExplain } from './read-explain.ts'

/** Who wants an explanation, as the request itself would come. */
export interface Sender extends Pick<Incoming, 'headers' | 'loopback' | 'ip' | 'arrivedAtMs'> {
  readonly client: Client
  /** The id of a new request. */
  readonly newId: () => string
}

/** An explanation, or why the request would be refused; `status` where HTTP has a better one. */
export type Explained =
  | { readonly ok: true; readonly value: Explanation }
  | {
      readonly ok: false
      readonly failure: Failure
      readonly status?: number
      /** Whose error shape it takes: that of the request once it is known. */
      readonly dialect: Dialect
    }

/** Explains the request that `{ "path", "body" }` holds. The sender's headers are those of the request. */
export function explainBody(meeting: Meeting, sender: Sender, bytes: Uint8Array): Explained {
  const read = readExplain(bytes)
  if (!read.ok) return { ...read, dialect: 'openai' }
  const { path, query, body, id } = read.value
  const found = findEndpoint(path)
  if (found === null) {
    return { ok: false, failure: leadsNowhere(path), status: 404, dialect: 'openai' }
  }
  const { endpoint, model } = found
  const incoming: Incoming = {
    method: 'POST',
    path,
    query,
    // Whatever the request is in itself, here it stands as JSON.
    headers: { ...sender.headers, 'content-type': 'application/json' },
    body,
    endpoint: framedBy(query, endpoint),
    pathModel: model,
    loopback: sender.loopback,
    ip: sender.ip,
    arrivedAtMs: sender.arrivedAtMs,
    arrivedMonotonicMs: meeting.nowMs,
  }
  const explained = explainRequest(meeting, incoming, sender.client, id ?? sender.newId())
  return explained.ok ? explained : { ...explained, dialect: endpoint.dialect }
}

function leadsNowhere(path: string): Failure {
  const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path
  return failure(
    'invalid_request',
    `No request to a model is sent to ${shown}. Name a path such as /v1/chat/completions.`,
    { param: 'path' },
  )
}
