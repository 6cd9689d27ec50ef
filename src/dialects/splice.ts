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
  for (const { span, text } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    if (span.start > at) pieces.push(body.subarray(at, span.start))
    pieces.push(encoder.encode(text))
    at = span.end
  }
  if (at < body.length) pieces.push(body.subarray(at))
  return pieces
}
