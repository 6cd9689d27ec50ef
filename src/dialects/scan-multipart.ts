import type { Span } from './scan-json.ts'

export interface FormFacts {
  readonly model: string
  /** Bytes of the value of the `model` field. */
  readonly span: Span
  readonly stream: boolean
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** A field value is short; files are not looked into. */
const maxFieldBytes = 512

/**
 * Finds the fields `model` and `stream` of a multipart form (RFC 7578), for transcriptions and image
 * edits, whose files pass through untouched. null when the form has no model.
 */
export function multipartModel(body: Uint8Array, contentType: string): FormFacts | null {
  const boundary = boundaryOf(contentType)
  if (boundary === null) return null
  const delimiter = encoder.encode(`--${boundary}`)
  let model: { value: string; span: Span } | null = null
  let stream = false
  let at = indexOf(body, delimiter, 0)
  while (at >= 0) {
    const next = indexOf(body, delimiter, at + delimiter.length)
    const end = next < 0 ? body.length : next
    const field = fieldOf(body, at + delimiter.length, end)
    if (field?.name === 'model') model ??= { value: field.value, span: field.span }
    if (field?.name === 'stream') stream = field.value === 'true'
    at = next
  }
  return model === null || model.value === ''
    ? null
    : { model: model.value, span: model.span, stream }
}

function boundaryOf(contentType: string): string | null {
  const match = /;\s*boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType)
  return match?.[1] ?? match?.[2] ?? null
}

interface Field {
  name: string
  value: string
  span: Span
}

/** A part that is a plain field; null for files and for what is no part. */
function fieldOf(body: Uint8Array, start: number, end: number): Field | null {
  const head = decoder.decode(body.subarray(start, Math.min(end, start + maxFieldBytes)))
  const headEnd = head.indexOf('\r\n\r\n')
  if (headEnd < 0 || /filename\*?=/i.test(head.slice(0, headEnd))) return null
  const name = /[;\s]name="([^"]*)"/i.exec(head.slice(0, headEnd))?.[1]
  if (name === undefined) return null
  const valueStart = start + encoder.encode(head.slice(0, headEnd)).length + 4
  const valueEnd = end - 2 // the CRLF before the next delimiter
  if (valueEnd < valueStart || valueEnd - valueStart > maxFieldBytes) return null
  const span = { start: valueStart, end: valueEnd }
  return { name, value: decoder.decode(body.subarray(valueStart, valueEnd)), span }
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let matched = 1
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched++
    if (matched === wanted.length) return at
  }
  return -1
}
