import type { FilePart, TextPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeDataUrl } from '../data-url.ts'
import type { Building } from './building.ts'

/** Content of a user message: a plain string where that says it all, else typed parts. */
export function buildUserContent(
  parts: readonly (TextPart | FilePart)[],
  building: Building,
): string | JsonObject[] {
  const [only] = parts
  if (parts.length === 0) return ''
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts
    .map((part) =>
      part.type === 'text' ? { type: 'text', text: part.text } : buildFile(part, building),
    )
    .filter((part) => part !== null)
}

/** Texts as one string: not every provider takes a list outside of user messages. */
export function joinTexts(parts: readonly { type: string; text?: string }[], glue: string): string {
  return parts
    .filter((part) => part.type === 'text')
    .map((part) => part.text ?? '')
    .join(glue)
}

function buildFile(part: FilePart, building: Building): JsonObject | null {
  const { source } = part
  switch (source.kind) {
    case 'text':
      return { type: 'text', text: titled(part.filename, source.text) }
    case 'id':
      if (source.dialect === 'openai') return { type: 'file', file: { file_id: source.id } }
      return refuse(building, 'a file that was uploaded to a provider of another dialect')
    case 'url':
      if (isImage(part.mediaType)) return image(source.url, part.detail)
      return refuse(building, `a file of type ${part.mediaType} by its URL; send its contents`)
    case 'base64':
      return inline(part, source.data, building)
  }
}

function inline(part: FilePart, data: string, building: Building): JsonObject | null {
  const type = part.mediaType
  if (isImage(type)) {
    return image(writeDataUrl(type === 'image/*' ? 'image/png' : type, data), part.detail)
  }
  const audio = audioFormats[type]
  if (audio !== undefined) return { type: 'input_audio', input_audio: { data, format: audio } }
  if (/^(?:audio|video)\//.test(type)) return refuse(building, `a file of type ${type}`)
  const filename = part.filename ?? (type === 'application/pdf' ? 'document.pdf' : 'document')
  return { type: 'file', file: { filename, file_data: writeDataUrl(type, data) } }
}

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}

const isImage = (mediaType: string) => mediaType.startsWith('image/')

function image(url: string, detail: string | null | undefined): JsonObject {
  const known = detail !== null && detail !== undefined
  return { type: 'image_url', image_url: { url, ...(known && { detail }) } }
}

const titled = (filename: string | null, text: string) =>
  filename === null ? text : `${filename}:\n${text}`

function refuse(building: Building, what: string): null {
  building.impossible(`This target's dialect (OpenAI Chat Completions) cannot take ${what}.`)
  return null
}
