import type { Span } from './scan-json.ts'

export interface Edit {
  readonly span: Span
  readonly text: string
}

const encoder = new TextEncoder()

/**
 * The body with edits in place, in one piece: it is sent as one. Edits must not overlap. `memoryFor`
 * gives so many bytes; whoever has a pool of them takes them from there.
 */
export function splice(
  body: Uint8Array,
  edits: readonly Edit[],
  memoryFor: (bytes: number) => Uint8Array,
): Uint8Array {
  if (edits.length === 0) return body
  const inOrder = edits.length === 1 ? edits : edits.toSorted((a, b) => a.span.start - b.span.start)
  let bytes = body.length
  for (const { span, text } of inOrder) bytes += lengthOf(text) - (span.end - span.start)
  const whole = memoryFor(bytes)
  let from = 0
  let to = 0
  for (const { span, text } of inOrder) {
    to = copy(body, from, span.start, whole, to)
    to = write(text, whole, to)
    from = span.end
  }
  copy(body, from, body.length, whole, to)
  return whole
}

/** Fewer bytes are copied faster one by one than by way of a view. */
const fewBytes = 32

function copy(body: Uint8Array, from: number, end: number, whole: Uint8Array, to: number): number {
  if (end - from > fewBytes) whole.set(body.subarray(from, end), to)
  else for (let at = from; at < end; at++) whole[to + at - from] = body[at] ?? 0
  return to + end - from
}

function lengthOf(text: string): number {
  return isAscii(text) ? text.length : encoder.encode(text).length
}

/** Nearly every text is the short name of a model, which needs no encoder. */
function write(text: string, whole: Uint8Array, to: number): number {
  if (!isAscii(text)) {
    const encoded = encoder.encode(text)
    whole.set(encoded, to)
    return to + encoded.length
  }
  for (let at = 0; at < text.length; at++) whole[to + at] = text.charCodeAt(at)
  return to + text.length
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
