import type { FilePart } from '../../core/conversation.ts'
import { type Failure, failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { inlineDataPart, textPart } from './write-parts.ts'

/**
 * Where building a request stands: what was left out, and the first thing that makes it impossible.
 */
export interface Building {
  readonly model: string
  readonly warnings: string[]
  problem: Failure | null
}

/** A file as a part, whatever way it is given. */
export function mediaPart(file: FilePart, building: Building): JsonObject {
  const { source, mediaType, filename } = file
  switch (source.kind) {
    case 'base64':
      return inlineDataPart(concreteType(mediaType, source.data), source.data)
    case 'text':
      return textPart(filename === null ? source.text : `${filename}:\n${source.text}`)
    case 'url':
      return urlPart(source.url, mediaType, building)
    case 'id':
      if (source.dialect !== 'gemini') {
        building.problem ??= failure(
          'invalid_request',
          `The file ${source.id} is stored at another provider: send its content or its address.`,
          { retry: 'other' },
        )
      }
      return fileDataPart(source.id, mediaType)
  }
}

function fileDataPart(fileUri: string, mediaType: string): JsonObject {
  return { fileData: { fileUri, ...(!mediaType.includes('*') && { mimeType: mediaType }) } }
}

/**
 * YouTube videos, uploaded files and buckets were always readable; other addresses are since 2026.
 */
const alwaysReadable =
  /^gs:|^https:\/\/(?:generativelanguage\.googleapis\.com|(?:www\.)?youtube\.com|youtu\.be)\//

function urlPart(url: string, mediaType: string, building: Building): JsonObject {
  if (!alwaysReadable.test(url)) {
    building.warnings.push(
      `${url} is fetched by Google itself: it must be public, and models before 2.5 refuse it.`,
    )
  }
  return fileDataPart(url, mediaType.includes('*') ? typeOfAddress(url, mediaType) : mediaType)
}

const typesByExtension = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['pdf', 'application/pdf'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
])

function typeOfAddress(url: string, otherwise: string): string {
  const extension = /\.(\w+)(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase()
  return typesByExtension.get(extension ?? '') ?? otherwise
}

/** How the base64 of common files begins. */
const typesByStart: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
]

/** Google refuses `image/*`; clients of other dialects may not know the type they send. */
function concreteType(mediaType: string, base64: string): string {
  if (!mediaType.includes('*')) return mediaType
  const known = typesByStart.find(([start]) => base64.startsWith(start))
  return known?.[1] ?? (mediaType === 'image/*' ? 'image/jpeg' : 'application/octet-stream')
}
