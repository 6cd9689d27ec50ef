import type { FilePart, TextPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { writeDataUrl } from '../data-url.ts'
import { type Findings, refuse } from './findings.ts'
import { exactImageType, fileNameFor } from './media-types.ts'

/** Input parts, or a plain string where that says the same: every provider takes the string. */
export function buildInputContent(
  findings: Findings,
  content: readonly (TextPart | FilePart)[],
): JsonValue {
  const [first] = content
  if (first === undefined) return ''
  if (content.length === 1 && first.type === 'text') return first.text
  return content.map((part) => buildInputPart(findings, part)).filter((part) => part !== null)
}

function buildInputPart(findings: Findings, part: TextPart | FilePart): JsonObject | null {
  if (part.type === 'text') return { type: 'input_text', text: part.text }
  if (part.source.kind === 'text') return { type: 'input_text', text: part.source.text }
  const kind = part.mediaType.split('/')[0]
  if (kind === 'audio' || kind === 'video') {
    refuse(findings, 'messages', `The Responses API takes no ${kind}. Ask for another model.`)
    return null
  }
  const fileId = fileIdOf(findings, part)
  return kind === 'image' ? imagePart(part, fileId) : documentPart(part, fileId)
}

function imagePart(part: FilePart, fileId: string | null): JsonObject {
  const { source, mediaType } = part
  const detail = part.detail ?? null
  const image: JsonObject = { type: 'input_image', detail: detail ?? 'auto' }
  if (source.kind === 'url') image['image_url'] = source.url
  else if (source.kind === 'base64') {
    image['image_url'] = writeDataUrl(exactImageType(mediaType, source.data), source.data)
  } else image['file_id'] = fileId
  return image
}

function documentPart(part: FilePart, fileId: string | null): JsonObject {
  const { source, mediaType, filename } = part
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url }
  if (source.kind === 'base64') {
    return {
      type: 'input_file',
      filename: filename ?? fileNameFor(mediaType),
      file_data: writeDataUrl(mediaType, source.data),
    }
  }
  return { type: 'input_file', file_id: fileId }
}

/** Chat Completions and Responses share one store of files; the ids of others mean nothing here. */
function fileIdOf(findings: Findings, { source }: FilePart): string | null {
  if (source.kind !== 'id') return null
  if (source.dialect !== 'openai' && source.dialect !== 'openai-responses') {
    refuse(
      findings,
      'messages',
      `The file "${source.id}" is stored at another provider. Send its content instead of its id.`,
    )
  }
  return source.id
}
