import type { IncomingMessage } from 'node:http'
import { type Failure, failure } from '../core/failure.ts'
import { newHeaderMap } from '../core/header-map.ts'
import { lowerCaseName } from '../gateway/headers.ts'

/** More headers than any client sends: a flood, or an attempt to smuggle. */
const maxHeaders = 150

/**
 * What node:http lets through and a gateway must not: requests that another hop could read another way.
 * null when the request is plain.
 */
export function refusedForm(
  message: IncomingMessage,
  headers: Readonly<Record<string, string>>,
): Failure | null {
  const { rawHeaders, httpVersion, url = '' } = message
  if (rawHeaders.length / 2 > maxHeaders) {
    return failure('invalid_request', `More than ${maxHeaders} headers.`)
  }
  // Two of them have been joined by a comma, which no host name holds.
  if (headers['host'] === undefined || headers['host'].includes(',')) {
    return failure('invalid_request', 'Send exactly one Host header.')
  }
  if (/[/@?#\\\s]/.test(headers['host'] ?? '')) {
    return failure('invalid_request', 'The Host header is not a host name.')
  }
  if (!url.startsWith('/')) {
    return failure('invalid_request', 'Send the path alone, not an absolute URL.')
  }
  if (httpVersion !== '1.1' && headers['transfer-encoding'] !== undefined) {
    return failure('invalid_request', `HTTP/${httpVersion} has no chunked bodies.`)
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return failure('invalid_request', 'Send the body without content-encoding.')
  }
  return null
}

/** Headers by their lower-case names, those that come more than once joined. */
export function plainHeaders(message: IncomingMessage): Record<string, string> {
  const headers = newHeaderMap()
  const { rawHeaders } = message
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = lowerCaseName(rawHeaders[i] ?? '')
    const value = rawHeaders[i + 1] ?? ''
    const known = headers[name]
    headers[name] = known === undefined ? value : `${known}, ${value}`
  }
  return headers
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return plain === '::1' || plain.startsWith('127.')
}
