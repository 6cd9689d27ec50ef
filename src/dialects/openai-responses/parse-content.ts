import type {
  AssistantPart,
  FilePart,
  FileSource,
  RefusalPart,
  TextPart,
} from '../../core/conversation.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { readDataUrl } from '../data-url.ts'
import {
  type Findings,
  optionalString,
  refuse,
  reject,
  requiredString,
  wrongType,
} from './findings.ts'
import { mediaTypeOfFile } from './media-types.ts'

/** Content of a user message or a tool's output: a string or a list of input parts. */
export function parseInputContent(
  findings: Findings,
  content: JsonValue | undefined,
  path: string,
): (TextPart | FilePart)[] {
  return parseParts(findings, content, path, (part, type, at) => {
    switch (type) {
      case 'input_text':
        return textPart(findings, part, at)
      case 'input_image':
        return imagePart(findings, part, at)
      case 'input_file':
        return filePart(findings, part, at)
      default:
        return unknownPart(findings, type, at, 'input_text, input_image or input_file')
    }
  })
}

export function parseSystemContent(
  findings: Findings,
  content: JsonValue | undefined,
  path: string,
): TextPart[] {
  return parseParts(findings, content, path, (part, type, at) => {
    if (type === 'input_text') return textPart(findings, part, at)
    return unknownPart(findings, type, at, 'input_text')
  })
}

export function parseAssistantContent(
  findings: Findings,
  content: JsonValue | undefined,
  path: string,
): AssistantPart[] {
  return parseParts<TextPart | RefusalPart>(findings, content, path, (part, type, at) => {
    switch (type) {
      case 'output_text':
      case 'input_text':
        return textPart(findings, part, at)
      case 'refusal':
        return { type: 'refusal', text: requiredString(findings, part, 'refusal', at) }
      default:
        return unknownPart(findings, type, at, 'output_text or refusal')
    }
  })
}

function parseParts<Part>(
  findings: Findings,
  content: JsonValue | undefined,
  path: string,
  read: (part: JsonObject, type: string, path: string) => Part | null,
): (Part | TextPart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) {
    wrongType(findings, path, 'a string or an array of content parts', content)
    return []
  }
  return content.flatMap((part, index) => {
    const at = `${path}[${index}]`
    if (!isObject(part)) {
      wrongType(findings, at, 'an object', part)
      return []
    }
    return read(part, requiredString(findings, part, 'type', at), at) ?? []
  })
}

function unknownPart(findings: Findings, type: string, path: string, known: string): null {
  refuse(findings, `${path}.type`, `Content of type "${type}" is not known here; use ${known}.`)
  return null
}

function textPart(findings: Findings, part: JsonObject, path: string): TextPart {
  return { type: 'text', text: requiredString(findings, part, 'text', path), ...cacheOf(part) }
}

/** An explicit breakpoint ends a reusable prefix, as Anthropic's `cache_control` does. */
function cacheOf(part: JsonObject): { cache?: JsonValue } {
  return isObject(part['prompt_cache_breakpoint']) ? { cache: { type: 'ephemeral' } } : {}
}

function imagePart(findings: Findings, part: JsonObject, path: string): FilePart | null {
  const url = optionalString(findings, part['image_url'], `${path}.image_url`)
  const id = optionalString(findings, part['file_id'], `${path}.file_id`)
  const detail = optionalString(findings, part['detail'], `${path}.detail`)
  const found = url === null ? idSource(id) : urlSource(url, 'image/*')
  if (found === null) {
    reject(findings, path, `"${path}" needs an "image_url" or a "file_id".`)
    return null
  }
  return { type: 'file', filename: null, detail, mediaType: 'image/*', ...found, ...cacheOf(part) }
}

function filePart(findings: Findings, part: JsonObject, path: string): FilePart | null {
  const text = (key: string) => optionalString(findings, part[key], `${path}.${key}`)
  const [content, url, id, filename] = ['file_data', 'file_url', 'file_id', 'filename'].map(text)
  const mediaType = mediaTypeOfFile(filename ?? url ?? null)
  let found = idSource(id ?? null)
  if (typeof url === 'string') found = urlSource(url, mediaType)
  if (typeof content === 'string') found = inlineSource(content)
  if (found === null) {
    reject(findings, path, `"${path}" needs "file_data", a "file_url" or a "file_id".`)
    return null
  }
  return { type: 'file', mediaType, filename: filename ?? null, ...found, ...cacheOf(part) }
}

interface Found {
  readonly source: FileSource
  readonly mediaType?: string
}

function urlSource(url: string, mediaType: string): Found {
  return url.startsWith('data:') ? inlineSource(url) : { source: { kind: 'url', url }, mediaType }
}

/** A base64 data URL, or bare base64, which the API takes as well. */
function inlineSource(content: string): Found {
  const inline = readDataUrl(content)
  if (inline === null) return { source: { kind: 'base64', data: content } }
  return { source: { kind: 'base64', data: inline.base64 }, mediaType: inline.mediaType }
}

function idSource(id: string | null): Found | null {
  return id === null ? null : { source: { kind: 'id', id, dialect: 'openai-responses' } }
}
