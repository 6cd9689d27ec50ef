import { codecs } from '../../../src/gateway/codecs.ts'
import { type ReadRequest, readRequest } from '../../../src/gateway/read-request.ts'
import { findRoute } from '../../../src/http/routes.ts'

export const paths = {
  openai: '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/some-model:generateContent',
} as const

/** A request as the gateway reads it, from its bytes or from a body that is written as JSON. */
export function readBody(
  path: string,
  body: string | Uint8Array | object,
  headers: Record<string, string> = {},
): ReadRequest {
  const route = findRoute('POST', path)
  if (route.to !== 'endpoint') throw new Error(`${path} is no endpoint`)
  const isBytes = typeof body === 'string' || body instanceof Uint8Array
  const incoming = {
    method: 'POST',
    path,
    query: '',
    headers,
    body: Buffer.from(isBytes ? body : JSON.stringify(body)),
    endpoint: route.endpoint,
    pathModel: route.model,
    loopback: true,
    ip: null,
    arrivedAtMs: 0,
    arrivedMonotonicMs: 0,
  }
  const outcome = readRequest(incoming, codecs[route.endpoint.dialect], 'wb_1')
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}
