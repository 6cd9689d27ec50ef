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
  const mediaType = mediaTypeOf(file)
  if (mediaType.startsWith('image/')) return buildImage(notes, file, mediaType, path)
  const source = documentSource(file.source, mediaType)
  if (source === null) {
    refuse(notes, path, `cannot be sent: Anthropic takes no file of type ${mediaType}.`)
    return []
  }
  const title = file.filename === null ? {} : { title: file.filename }
  return [{ type: 'document', source, ...title, ...cacheMark(file) }]
}

function buildImage(notes: Notes, file: FilePart, mediaType: string, path: string): JsonObject[] {
  if (file.source.kind === 'base64' && !images.includes(mediaType)) {
    refuse(
      notes,
      path,
      `cannot be sent: Anthropic takes images as JPEG, PNG, GIF or WebP, not ${mediaType}.`,
    )
    return []
  }
  const source = imageSource(file.source, mediaType)
  if (source === null) {
    refuse(notes, path, 'cannot be sent: this image is kept by another provider.')
    return []
  }
  return [{ type: 'image', source, ...cacheMark(file) }]
}

function imageSource(source: FileSource, mediaType: string): JsonObject | null {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: mediaType, data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'id':
      return fileSource(source)
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
      return fileSource(source)
    case 'base64': {
      if (mayBePdf) return { type: 'base64', media_type: 'application/pdf', data: source.data }
      const text = isText(mediaType) ? textOfBase64(source.data) : null
      return text === null ? null : { type: 'text', media_type: 'text/plain', data: text }
    }
  }
}

/** Ids of uploaded files are known to the provider they were uploaded to alone. */
function fileSource(source: Extract<FileSource, { kind: 'id' }>): JsonObject | null {
  return source.dialect === 'anthropic' ? { type: 'file', file_id: source.id } : null
}
