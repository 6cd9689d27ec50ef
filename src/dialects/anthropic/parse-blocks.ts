import type { FilePart, FileSource, TextPart } from '../../core/conversation.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  type Notes,
  objectsOf,
  optionalString,
  refuse,
  refuseElsewhere,
  requiredObject,
  requiredString,
  warn,
} from './notes.ts'

/** The prompt-cache mark of a block, to be spread into its part. */
export function cacheOf(block: JsonObject): { cache?: JsonValue } {
  const mark = block['cache_control']
  return isObject(mark) ? { cache: mark } : {}
}

/** A string, or text blocks, as system prompts have them. */
export function parseTextBlocks(
  notes: Notes,
  content: JsonValue | undefined,
  path: string,
): TextPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return objectsOf(notes, content, path).map(({ item, path: itemPath }) => {
    if (item['type'] !== 'text') refuse(notes, `${itemPath}.type`, 'must be "text" here.')
    return parseText(notes, item, itemPath)
  })
}

/** A block of a user turn or a tool result, other than a tool result itself. */
export function parseContentBlock(
  notes: Notes,
  block: JsonObject,
  path: string,
): (TextPart | FilePart)[] {
  const type = requiredString(notes, block, 'type', path)
  switch (type) {
    case 'text':
      return [parseText(notes, block, path)]
    case 'image':
      return [parseImage(notes, block, path)]
    case 'document':
      return parseDocument(notes, block, path)
    case 'search_result':
      return [parseSearchResult(notes, block, path)]
    case 'tool_reference':
      return [{ type: 'text', text: `Tool ${requiredString(notes, block, 'tool_name', path)}` }]
    default:
      refuseElsewhere(notes, `${path}.type`, `a block of type ${JSON.stringify(type)}`)
      return []
  }
}

function parseText(notes: Notes, block: JsonObject, path: string): TextPart {
  return { type: 'text', text: requiredString(notes, block, 'text', path), ...cacheOf(block) }
}

function parseImage(notes: Notes, block: JsonObject, path: string): FilePart {
  const source = requiredObject(notes, block, 'source', path)
  return {
    type: 'file',
    mediaType: mediaTypeOf(notes, source, path, 'image/*'),
    source: parseSource(notes, source, `${path}.source`),
    filename: null,
    ...cacheOf(block),
  }
}

/** A document is one file, or a list of texts and images that stand for one. */
function parseDocument(notes: Notes, block: JsonObject, path: string): (TextPart | FilePart)[] {
  const source = requiredObject(notes, block, 'source', path)
  const title = optionalString(notes, block, 'title', path)
  const context = optionalString(notes, block, 'context', path)
  if (isObject(block['citations']) && block['citations']['enabled'] === true) {
    warn(notes, 'citations of documents were left out: only Anthropic makes them.')
  }
  const about: TextPart[] = context === null ? [] : [{ type: 'text', text: context }]
  if (source['type'] === 'content') {
    return [...about, ...parseDocumentContent(notes, source['content'], `${path}.source.content`)]
  }
  const plain = source['type'] === 'text'
  const file: FilePart = {
    type: 'file',
    mediaType: mediaTypeOf(notes, source, path, plain ? 'text/plain' : 'application/pdf'),
    source: plain
      ? { kind: 'text', text: requiredString(notes, source, 'data', `${path}.source`) }
      : parseSource(notes, source, `${path}.source`),
    filename: title,
    ...cacheOf(block),
  }
  return [...about, file]
}

function parseDocumentContent(
  notes: Notes,
  content: JsonValue | undefined,
  path: string,
): (TextPart | FilePart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return objectsOf(notes, content, path).flatMap((found) =>
    parseContentBlock(notes, found.item, found.path),
  )
}

function parseSearchResult(notes: Notes, block: JsonObject, path: string): TextPart {
  const title = requiredString(notes, block, 'title', path)
  const source = requiredString(notes, block, 'source', path)
  const texts = parseTextBlocks(notes, block['content'], `${path}.content`)
  const lines = [title, source, ...texts.map((part) => part.text)]
  return { type: 'text', text: lines.join('\n'), ...cacheOf(block) }
}

function mediaTypeOf(notes: Notes, source: JsonObject, path: string, otherwise: string): string {
  return optionalString(notes, source, 'media_type', `${path}.source`) ?? otherwise
}

function parseSource(notes: Notes, source: JsonObject, path: string): FileSource {
  const type = requiredString(notes, source, 'type', path)
  switch (type) {
    case 'base64':
      return { kind: 'base64', data: requiredString(notes, source, 'data', path) }
    case 'url':
      return { kind: 'url', url: requiredString(notes, source, 'url', path) }
    case 'file':
      return {
        kind: 'id',
        id: requiredString(notes, source, 'file_id', path),
        dialect: 'anthropic',
      }
    default:
      refuse(notes, `${path}.type`, `must be base64, url or file, not ${JSON.stringify(type)}.`)
      return { kind: 'text', text: '' }
  }
}
