import { type JsonObject, type JsonValue, objectAt, stringAt } from '../../core/json.ts'
import { typeOfFile } from '../file-type.ts'
import {
  contentText,
  isFilled,
  type LazyBody,
  mediaIn,
  noMedia,
  objectsFromEnd,
  objectsIn,
  objectsOf,
  plainText,
  type RequestContent,
} from '../request-content.ts'

const fileWords = ['"input_image"', '"input_file"', '"input_audio"', '"computer_screenshot"']

export const requestContent: RequestContent = {
  settings(body) {
    const tools = isFilled(body, 'tools')
    const format = stringAt(objectAt(body.get('text'), 'format') ?? {}, 'type')
    const effort = stringAt(body.get('reasoning'), 'effort')
    return {
      tools,
      parallelTools: tools && body.get('parallel_tool_calls') === true,
      jsonMode: format === 'json_object',
      jsonSchema: format === 'json_schema',
      reasoning: effort !== null && effort !== 'none' && effort !== '',
    }
  },

  media(body) {
    return fileWords.some((word) => body.mentions(word)) ? mediaIn(mediaTypes(body)) : noMedia
  },

  /** A request that goes on from a stored response does not hold how its conversation began. */
  opening(body) {
    const stored = body.get('conversation')
    const id = typeof stored === 'string' ? stored : stringAt(stored, 'id')
    if (id !== null) return ['conversation', id]
    if (typeof body.get('previous_response_id') === 'string') return null
    const pieces = [plainText(body.get('instructions'))]
    const input = body.list('input')
    if (input === null) {
      const text = plainText(body.get('input'))
      return text === '' ? null : [...pieces, text]
    }
    for (const { role, content } of objectsOf(input)) {
      if (role === 'user') return [...pieces, contentText(content)]
      if (role === 'system' || role === 'developer') pieces.push(contentText(content))
    }
    return null
  },

  lastUserText(body) {
    const input = body.list('input')
    if (input === null) return plainText(body.get('input'))
    for (const item of objectsFromEnd(input)) {
      const text = item['role'] === 'user' ? plainText(item['content']) : ''
      if (text !== '') return text
    }
    return ''
  },
}

/** Of messages, and of what tools answered with. */
function* mediaTypes(body: LazyBody): Generator<string> {
  for (const item of objectsOf(body.list('input'))) {
    for (const part of [...partsOf(item['content']), ...partsOf(item['output'])]) {
      const type = mediaType(part)
      if (type !== null) yield type
    }
  }
}

function partsOf(content: JsonValue | undefined): JsonObject[] {
  return typeof content === 'string' ? [] : objectsIn(content)
}

function mediaType(part: JsonObject): string | null {
  switch (part['type']) {
    case 'input_image':
    case 'computer_screenshot':
      return 'image/*'
    case 'input_audio':
      return 'audio/*'
    case 'input_file':
      return typeOfFile(part)
    default:
      return null
  }
}
