import type { FilePart, FileSource, TextPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { textOfBase64 } from './base64-text.ts'
import { isText, mediaTypeOf } from './media-types.ts'
import { type Notes, refuse } from './notes.ts'

/** The prompt-cache mark of a part, to be spread into its block. */
export function cacheMark(part: { readonly cache?: JsonValue }): JsonObject {
  return part.cache === undefined ? {} : { cache_control: part.cache }
}

/** Blocks of a user turn or a tool result. Anthropic refuses texts of white space alone. */
export function buildContent(
  notes: Notes,
  parts: readonly (TextPart | FilePart)[],
  path: string,
): JsonObject[] {
  return parts.flatMap((part, index) =>
    part.type === 'text' ? textBlock(part) : buildFile(notes, part, `${path}.${index}`),
  )
}

export function textBlock(part: TextPart): JsonObject[] {
  if (part.text.trim() === '') return []
  return [{ type: 'text', text: part.text, ...cacheMark(part) }]
}

const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function buildFile(notes: Notes, file: FilePart, path: string): JsonObject[] {
  if (file.source.kind === 'id' && file.source.dialect !== 'anthropic') {
    refuse(notes, path, 'cannot be sent: this file is kept by another provider.')
    return []
  }
  const mediaType = mediaTypeOf(file)
  const image = mediaType.startsWith('image/') ? imageSource(file.source, mediaType) : null
  if (image !== null) return [{ type: 'image', source: image, ...cacheMark(file) }]
  const source = documentSource(file.source, mediaType)
  if (source === null) {
    const taken = 'JPEG, PNG, GIF, WebP, PDF and text'
    refuse(notes, path, `cannot be sent: Anthropic takes ${taken}, not ${mediaType}.`)
    return []
  }
  const title = file.filename === null ? {} : { title: file.filename }
  return [{ type: 'document', source, ...title, ...cacheMark(file) }]
}

function imageSource(source: FileSource, mediaType: string): JsonObject | null {
  switch (source.kind) {
    case 'base64':
      if (!images.includes(mediaType)) return null
      return { type: 'base64', media_type: mediaType, data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'id':
      return { type: 'file', file_id: source.id }
    case 'text':
      return null
  }
}

function documentSource(source: FileSource, mediaType: string): JsonObject | null {
  const mayBePdf = /^(?:application\/pdf|application\/\*|\*\/\*)$/.test(mediaType)
  switch (source.kind) {
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
    case 'url':
      return mayBePdf ? { type: 'url', url: source.url } : null
    case 'id':
      return { type: 'file', file_id: source.id }
    case 'base64': {
      if (mayBePdf) return { type: 'base64', media_type: 'application/pdf', data: source.data }
      const text = isText(mediaType) ? textOfBase64(source.data) : null
      return text === null ? null : { type: 'text', media_type: 'text/plain', data: text }
    }
  }
}
