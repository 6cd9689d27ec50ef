import type { Target } from '../core/catalog.ts'
import { isObject, parseJson } from '../core/json.ts'
import type { Edit } from '../dialects/splice.ts'
import { bufferOf } from './buffer-of.ts'
import { codecs } from './codecs.ts'
import type { ReadRequest } from './read-request.ts'

export interface PassThroughEdits {
  readonly edits: readonly Edit[]
  /** We ask for usage in the stream, the client did not. */
  readonly asksForUsage: boolean
}

/** All that changes in a body that passes through: the model's name, and a request for usage. */
export function passThroughEdits(
  body: Uint8Array,
  read: ReadRequest,
  { model, provider }: Target,
): PassThroughEdits {
  const { endpoint, streaming } = read.request
  const edits: Edit[] = []
  if (read.modelSpan !== null && model !== read.facts.model) {
    const text = read.members === null ? model : JSON.stringify(model)
    edits.push({ span: read.modelSpan, text })
  }
  const asksForUsage =
    endpoint.dialect === 'openai' &&
    endpoint.operation === 'chat' &&
    streaming !== null &&
    !read.facts.includeUsage &&
    provider.quirks['noStreamOptions'] !== true
  if (asksForUsage) edits.push(usageEdit(body, read))
  edits.push(...modelEdits(body, read, model))
  return { edits, asksForUsage }
}

/**
 * The history holds reasoning that another dialect's provider signed, from a turn that was translated.
 * The native provider would refuse the seal, so this request goes through the canonical form, which
 * leaves such reasoning out. Gemini clients get the seal in base64.
 */
export function holdsForeignSignature(body: Uint8Array, { request }: ReadRequest): boolean {
  if (request.endpoint.operation !== 'chat') return false
  return bufferOf(body).includes(request.endpoint.dialect === 'gemini' ? sealMarkBase64 : sealMark)
}

const sealMark = Buffer.from('"wb1:')
const sealMarkBase64 = Buffer.from(`"${Buffer.from('wb1:').toString('base64').slice(0, 5)}`)

/** For dialects that name the model in the path and again in some bodies. */
function modelEdits(body: Uint8Array, { request, members }: ReadRequest, model: string) {
  const { endpoint } = request
  if (endpoint.operation === 'chat' || members === null) return []
  return codecs[endpoint.dialect].modelEdits?.(body, members, model) ?? []
}

/** Sets `stream_options.include_usage`, keeping other stream options the client has set. */
function usageEdit(body: Uint8Array, read: ReadRequest): Edit {
  const span = read.members?.get('stream_options')
  if (span === undefined) {
    const open = body.indexOf(0x7b) + 1
    return { span: { start: open, end: open }, text: '"stream_options":{"include_usage":true},' }
  }
  const given = parseJson(Buffer.from(body.subarray(span.start, span.end)).toString())
  const options = { ...(isObject(given) ? given : {}), include_usage: true }
  return { span, text: JSON.stringify(options) }
}
