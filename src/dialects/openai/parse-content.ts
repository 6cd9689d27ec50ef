import type { FilePart, TextPart } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import { readDataUrl } from '../data-url.ts'
import type { StrictReading } from './strict-reading.ts'

/** Content of a message that may hold files: a string, or a list of typed parts. */
export function parseContent(
  content: JsonValue | undefined,
  path: string,
  reading: StrictReading,
): (TextPart | FilePart)[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) {
    reading.wrong(path, `\`${path}\` must be a string or an array of content parts.`)
    return []
  }
  return content
    .map((part, index) => parsePart(part, `${path}[${index}]`, reading))
    .filter((part) => part !== null)
}

/** Content that can only be text: of system messages. */
export function parseTextContent(
  content: JsonValue | undefined,
  path: string,
  reading: StrictReading,
): TextPart[] {
  return parseContent(content, path, reading).filter((part) => {
    if (part.type !== 'text') reading.wrong(path, `\`${path}\` may hold text only.`)
    return part.type === 'text'
  })
}

/** The prompt-cache mark some OpenAI-like providers take, to spread into a part. */
export function cacheMark(holder: JsonObject): { cache?: JsonValue } {
  const mark = holder['cache_control']
  return mark === undefined || mark === null ? {} : { cache: mark }
}

function parsePart(
  part: JsonValue,
  path: string,
  reading: StrictReading,
): TextPart | FilePart | null {
  if (!isObject(part)) {
    reading.wrong(path, `\`${path}\` must be an object with a \`type\`.`)
    return null
  }
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return parseText(part, path, reading)
    case 'image_url':
      return parseImage(part, path, reading)
    case 'input_audio':
      return parseAudio(part, path, reading)
    case 'file':
      return parseFile(part, path, reading)
    case 'document_url':
      return parseLinked(part, 'document_url', 'application/pdf', path, reading)
    case 'video_url':
      return parseLinked(part, 'video_url', 'video/*', path, reading)
    default: {
      const known = '"text", "image_url", "input_audio" or "file"'
      reading.wrong(`${path}.type`, `\`${path}.type\` must be ${known}.`)
      return null
    }
  }
}

function parseText(part: JsonObject, path: string, reading: StrictReading): TextPart | null {
  const text = part['text']
  if (typeof text !== 'string') reading.wrong(`${path}.text`, `\`${path}.text\` must be a string.`)
  if (typeof text !== 'string' || text === '') return null
  return { type: 'text', text, ...cacheMark(part) }
}

/** A file by URL: images, and documents and videos as Mistral, Qwen and others take them. */
function parseLinked(
  part: JsonObject,
  key: string,
  mediaType: string,
  path: string,
  reading: StrictReading,
): FilePart | null {
  const given = part[key]
  const holder = isObject(given) ? given : { url: given }
  const url = reading.name(holder, 'url', `${path}.${key}`)
  if (url === '') return null
  const data = readDataUrl(url)
  return {
    type: 'file',
    mediaType: data?.mediaType ?? mediaType,
    source: data === null ? { kind: 'url', url } : { kind: 'base64', data: data.base64 },
    filename: null,
    ...cacheMark(part),
  }
}

function parseImage(part: JsonObject, path: string, reading: StrictReading): FilePart | null {
  const image = parseLinked(part, 'image_url', 'image/*', path, reading)
  const holder = part['image_url']
  if (image === null || !isObject(holder)) return image
  return { ...image, detail: reading.text(holder, 'detail', `${path}.image_url.detail`) }
}

function parseAudio(part: JsonObject, path: string, reading: StrictReading): FilePart | null {
  const audio = reading.object(part, 'input_audio', `${path}.input_audio`) ?? {}
  const data = reading.name(audio, 'data', `${path}.input_audio.data`)
  const format = reading.name(audio, 'format', `${path}.input_audio.format`)
  if (data === '' || format === '') return null
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
  return {
    type: 'file',
    mediaType,
    source: { kind: 'base64', data: readDataUrl(data)?.base64 ?? data },
    filename: null,
    ...cacheMark(part),
  }
}

function parseFile(part: JsonObject, path: string, reading: StrictReading): FilePart | null {
  const file = reading.object(part, 'file', `${path}.file`) ?? {}
  const filename = reading.text(file, 'filename', `${path}.file.filename`)
  const id = reading.text(file, 'file_id', `${path}.file.file_id`)
  const given = reading.text(file, 'file_data', `${path}.file.file_data`)
  const common = { type: 'file' as const, filename, ...cacheMark(part) }
  if (given !== null) {
    const data = readDataUrl(given)
    if (data === null && /^https?:/.test(given)) {
      return { ...common, mediaType: mediaTypeOf(filename), source: { kind: 'url', url: given } }
    }
    return {
      ...common,
      mediaType: data?.mediaType ?? mediaTypeOf(filename),
      source: { kind: 'base64', data: data?.base64 ?? given },
    }
  }
  if (id !== null) {
    return { ...common, mediaType: '*/*', source: { kind: 'id', id, dialect: 'openai' } }
  }
  reading.wrong(`${path}.file`, `\`${path}.file\` must hold \`file_data\` or \`file_id\`.`)
  return null
}

/** Files are PDFs in this dialect unless their name says otherwise. */
function mediaTypeOf(filename: string | null): string {
  return /\.(?:txt|md|csv)$/i.test(filename ?? '') ? 'text/plain' : 'application/pdf'
}
