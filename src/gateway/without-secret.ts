import { newHeaderMap } from '../core/header-map.ts'
import { bufferOf } from './buffer-of.ts'

const mask = Buffer.from('[redacted]')

/**
 * The bytes with a key of ours masked wherever they hold it. Large providers mask keys themselves; a
 * proxy in front of a model may echo the one it was sent, and clients must never see it.
 */
export function withoutSecret(bytes: Uint8Array, secret: string | null): Uint8Array {
  if (secret === null) return bytes
  const wanted = Buffer.from(secret)
  const text = bufferOf(bytes)
  let at = text.indexOf(wanted)
  if (at < 0) return bytes
  const pieces: Uint8Array[] = []
  let from = 0
  for (; at >= 0; at = text.indexOf(wanted, from)) {
    pieces.push(text.subarray(from, at), mask)
    from = at + wanted.length
  }
  pieces.push(text.subarray(from))
  return Buffer.concat(pieces)
}

/** The same for the values of headers. */
export function headersWithoutSecret(
  headers: Readonly<Record<string, string>>,
  secret: string | null,
): Readonly<Record<string, string>> {
  if (secret === null) return headers
  const masked = newHeaderMap()
  for (const name in headers) masked[name] = (headers[name] ?? '').replaceAll(secret, '[redacted]')
  return masked
}
