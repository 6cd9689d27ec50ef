import type { Span } from './scan-json.ts'

export interface Edit {
  readonly span: Span
  readonly text: string
}

const encoder = new TextEncoder()

/** The body in pieces, with edits in place; what is not edited is not copied. Edits must not overlap. */
export function splice(body: Uint8Array, edits: readonly Edit[]): Uint8Array[] {
  if (edits.length === 0) return [body]
  const pieces: Uint8Array[] = []
  let at = 0
  const inOrder = edits.length === 1 ? edits : edits.toSorted((a, b) => a.span.start - b.span.start)
  for (const { span, text } of inOrder) {
    if (span.start > at) pieces.push(body.subarray(at, span.start))
    pieces.push(encoded(text))
    at = span.end
  }
  if (at < body.length) pieces.push(body.subarray(at))
  return pieces
}

/**
 * The engine keeps an array of up to 64 bytes among its other objects; what the encoder returns is
 * memory of its own, taken and given back for each request.
 */
function encoded(text: string): Uint8Array {
  if (text.length > 64) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return encoder.encode(text)
    bytes[at] = code
  }
  return bytes
}
