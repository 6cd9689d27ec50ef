import { hash } from 'node:crypto'
import type { Catalog, Client } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import type { Incoming } from './exchange.ts'

type Caller = Pick<Incoming, 'headers' | 'query' | 'loopback'>

/** Name of the client that calls without a key from this machine. */
export const localClient = 'local'

/**
 * Who is calling. The key is hashed before it is looked up, so no comparison can leak it by its
 * timing. Without any client in the configuration, SDKs that insist on a key may send what they like
 * from this machine.
 */
export function authenticate(incoming: Caller, catalog: Catalog): Outcome<Client> {
  const key = presentedKey(incoming)
  const known = catalog.clientsByKeyHash.size > 0
  if (key !== null && known) {
    const client = catalog.clientsByKeyHash.get(hash('sha256', key, 'hex'))
    if (client !== undefined) return ok(client)
  }
  if (key !== null && (known || key.startsWith('wb-'))) {
    return unauthenticated('This key is not known here: check the key, or ask for a new one.')
  }
  if (!incoming.loopback || isForwarded(incoming)) {
    return unauthenticated(
      'Send a client key: Authorization: Bearer wb-…, x-api-key or x-goog-api-key.',
    )
  }
  if (fromForeignPage(incoming)) {
    return failed(
      failure(
        'forbidden',
        'Without a client key only this machine may call, at a local address: the Host or Origin header names another. Send a client key.',
      ),
    )
  }
  const policy = catalog.policies.get('default')
  if (policy === undefined) throw new Error('a compiled catalog has a default policy')
  return ok({ name: localClient, policy })
}

function presentedKey({ headers, query }: Caller): string | null {
  const authorization = headers['authorization']
  const bearer =
    authorization === undefined ? undefined : /^Bearer\s+(\S.*)$/i.exec(authorization)?.[1]?.trim()
  const key = bearer ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? keyInQuery(query)
  return key === undefined || key === null || key === '' ? null : key
}

function keyInQuery(query: string): string | null {
  return query === '' ? null : new URLSearchParams(query).get('key')
}

/** A proxy on this machine speaks for somebody else, whose address is not ours to trust. */
function isForwarded({ headers }: Caller): boolean {
  return (
    headers['forwarded'] !== undefined ||
    headers['x-forwarded-for'] !== undefined ||
    headers['x-forwarded-host'] !== undefined ||
    headers['x-real-ip'] !== undefined
  )
}

/**
 * A page in the user's browser can reach loopback too, and DNS can be rebound to it: without a key the
 * Host must be this machine, and an Origin, where one is sent, as well.
 */
function fromForeignPage({ headers }: Caller): boolean {
  const origin = headers['origin']
  return !isLocalHost(headers['host'] ?? '') || (origin !== undefined && !isLocalHost(origin))
}

/** Nearly every Host there is: told by one look. */
const plainLocalHost = /^(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?$/

function isLocalHost(hostOrOrigin: string): boolean {
  if (plainLocalHost.test(hostOrOrigin)) return true
  const host = hostOrOrigin
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/:\d+$/, '')
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function unauthenticated(message: string) {
  return failed(failure('unauthenticated', message))
}
