import type { Catalog } from '../../../src/core/catalog.ts'
import { authenticate } from '../../../src/gateway/authenticate.ts'
import { type Explained, explainBody } from '../../../src/gateway/explain-body.ts'
import type { Rig, SendOptions } from './rig.ts'

/** What the gateway of the rig would do with a request whose id is known beforehand. */
export function explainIn(
  catalog: Catalog,
  rig: Rig,
  body: object,
  options: SendOptions = {},
  id?: string,
): Explained {
  const { path = '/v1/chat/completions', headers = {} } = options
  const query = options.query === undefined ? '' : `?${options.query}`
  const own = id === undefined ? '' : `,"id":"${id}"`
  const text = `{ "path": "${path}${query}", "body": ${JSON.stringify(body)}${own} }`
  const nowMs = rig.clock.monotonicMs()
  const all = { host: 'localhost', 'content-type': 'application/json', ...headers }
  const client = authenticate({ headers: all, query: '', loopback: true }, catalog)
  if (!client.ok) throw new Error(client.failure.message)
  const sender = {
    headers: all,
    loopback: true,
    ip: null,
    arrivedAtMs: rig.clock.nowMs(),
    client: client.value,
    newId: () => 'wb_new',
  }
  const { knowledge, limiting: limits } = rig
  return explainBody({ catalog, knowledge, limits, nowMs }, sender, Buffer.from(text))
}
