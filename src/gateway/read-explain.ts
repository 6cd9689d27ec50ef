import { isUtf8 } from 'node:buffer'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { membersOf, scanObject } from '../dialects/scan-json.ts'

/** A request that is to be explained, as `POST /v1/route/explain` takes it. */
export interface ToExplain {
  /** Of the client API, as the request would be sent to: `/v1/chat/completions`. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** As it stands in the text: what is estimated of a request depends on its bytes. */
  readonly body: Uint8Array
  /** Whose dice are to be thrown; null for those of a new request. */
  readonly id: string | null
}

const form = 'Send { "path": "/v1/chat/completions", "body": { … } }'
const known = ['path', 'body', 'id']

export function readExplain(bytes: Uint8Array): Outcome<ToExplain> {
  if (!isUtf8(bytes)) return invalid('The body is not valid UTF-8.')
  const scan = scanObject(bytes)
  if (!scan.ok) {
    return invalid(
      `The body is not valid JSON: ${scan.problem} (byte ${scan.offset}). ${form}, where "body" is the request.`,
    )
  }
  const unknown = [...scan.members.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) return invalid(notKnown(unknown), shown(unknown))
  const members = membersOf(bytes, scan.members)
  const path = members.get('path')
  if (typeof path !== 'string') return invalid(`"path" must be a text. ${form}.`, 'path')
  const id = members.get('id') ?? null
  if (id !== null && (typeof id !== 'string' || !/^wb_[\w-]{1,100}$/.test(id))) {
    return invalid('"id" must be the x-waybill-id of a reply, or be left out.', 'id')
  }
  const span = scan.members.get('body')
  if (span === undefined) return invalid(`"body" must be the request. ${form}.`, 'body')
  const [plain = '', query = ''] = path.split(/\?(.*)/s)
  return ok({ path: plain, query, body: bytes.subarray(span.start, span.end), id })
}

function notKnown(name: string): string {
  if (name === 'headers') {
    return 'Headers do not stand in the body: those of this request hold for the one that is explained.'
  }
  return `"${shown(name)}" is not known here. ${form}.`
}

function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name
}

function invalid(message: string, param: string | null = null) {
  return failed(failure('invalid_request', message, { param }))
}
