import type { ChunkedBody } from './chunked-body.ts'
import { createChunkedBody } from './chunked-body.ts'
import type { RequestHead } from './read-head.ts'
import { readHead } from './read-head.ts'

export interface ReadRequest extends RequestHead {
  readonly bytes: Buffer
}

export type ReadStep =
  /** More bytes are needed. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'head'; readonly head: RequestHead }
  | { readonly kind: 'request'; readonly request: ReadRequest }
  | { readonly kind: 'malformed' }

/** Reads requests off a connection, one after the other. Tolerant: it is there to be spoken to. */
export interface RequestReader {
  push(bytes: Buffer): void
  /** What can be told from the bytes so far. A head is reported once, before its body is complete. */
  read(): ReadStep
  /** Bytes have come that belong to no finished request. */
  readonly pending: boolean
}

const LARGEST_HEAD = 1024 * 1024
const partial: ReadStep = { kind: 'partial' }

export function createRequestReader(): RequestReader {
  let rest: Buffer = Buffer.alloc(0)
  let head: RequestHead | null = null
  let chunked: ChunkedBody | null = null
  let parts: Buffer[] = []
  let missing = 0

  function takeHead(): ReadStep {
    const end = headEnd(rest)
    if (end === null) return rest.length > LARGEST_HEAD ? { kind: 'malformed' } : partial
    head = readHead(rest.toString('latin1', 0, end.text))
    rest = rest.subarray(end.body)
    if (head === null) return { kind: 'malformed' }
    const isChunked = head.headers['transfer-encoding']?.toLowerCase().includes('chunked')
    chunked = isChunked === true ? createChunkedBody() : null
    missing = Math.max(0, Number.parseInt(head.headers['content-length'] ?? '0', 10) || 0)
    parts = []
    return { kind: 'head', head }
  }

  function finished(ofHead: RequestHead, bytes: Buffer, left: Buffer): ReadStep {
    head = null
    rest = left
    return { kind: 'request', request: { ...ofHead, bytes } }
  }

  function takeBody(ofHead: RequestHead): ReadStep {
    const bytes = rest
    rest = rest.subarray(rest.length)
    if (chunked !== null) {
      const left = bytes.length === 0 ? null : chunked.push(bytes)
      return left === null ? partial : finished(ofHead, Buffer.concat(chunked.parts), left)
    }
    const piece = bytes.subarray(0, missing)
    missing -= piece.length
    if (piece.length > 0) parts.push(piece)
    if (missing > 0) return partial
    const [only] = parts
    const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
    return finished(ofHead, body, bytes.subarray(piece.length))
  }

  return {
    push(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    },
    read: () => (head === null ? takeHead() : takeBody(head)),
    get pending() {
      return head !== null || rest.length > 0
    },
  }
}

/** Where the head's text ends and the body begins; bare line feeds will do. */
function headEnd(bytes: Buffer): { text: number; body: number } | null {
  const usual = bytes.indexOf('\r\n\r\n')
  const bare = (usual < 0 ? bytes : bytes.subarray(0, usual)).indexOf('\n\n')
  if (bare >= 0) return { text: bare, body: bare + 2 }
  return usual < 0 ? null : { text: usual, body: usual + 4 }
}
