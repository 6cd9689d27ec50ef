import { arrayAt, type JsonObject, stringAt } from '../../core/json.ts'
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

/** Types of parts that hold a file. */
const fileWords = ['"image_url"', '"input_audio"', '"file"', '"document_url"']

export const requestContent: RequestContent = {
  settings(body) {
    const tools = isFilled(body, 'tools') || isFilled(body, 'functions')
    const format = stringAt(body.get('response_format'), 'type')
    return {
      tools,
      parallelTools: tools && body.get('parallel_tool_calls') === true,
      jsonMode: format === 'json_object',
      jsonSchema: format === 'json_schema',
      reasoning: asksForReasoning(body),
    }
  },

  media(body) {
    const hasFiles = fileWords.some((word) => body.mentions(word))
    const media = hasFiles ? mediaIn(mediaTypes(body)) : noMedia
    return speaks(body) ? { ...media, audio: true } : media
  },

  opening(body) {
    const pieces: string[] = []
    for (const message of objectsOf(body.list('messages'))) {
      const { role, content } = message
      if (role === 'user') return [...pieces, contentText(content)]
      if (role === 'system' || role === 'developer') pieces.push(contentText(content))
    }
    return null
  },

  lastUserText(body) {
    for (const message of objectsFromEnd(body.list('messages'))) {
      const text = message['role'] === 'user' ? plainText(message['content']) : ''
      if (text !== '') return text
    }
    return plainText(body.get('prompt'))
  },
}

/** OpenAI's word for it, then OpenRouter's, Z.ai's and Qwen's. */
function asksForReasoning(body: LazyBody): boolean {
  const reasoning = body.get('reasoning')
  const effort = body.get('reasoning_effort') ?? stringAt(reasoning, 'effort')
  if (typeof effort === 'string') return effort !== 'none' && effort !== ''
  if (objectsIn(reasoning).some((asked) => asked['enabled'] === true)) return true
  if (stringAt(body.get('thinking'), 'type') === 'enabled') return true
  return body.get('enable_thinking') === true
}

function speaks(body: LazyBody): boolean {
  return arrayAt({ modalities: body.get('modalities') }, 'modalities').includes('audio')
}

function* mediaTypes(body: LazyBody): Generator<string> {
  for (const message of objectsOf(body.list('messages'))) {
    if (typeof message['content'] === 'string') continue
    for (const part of objectsIn(message['content'])) {
      const type = mediaType(part)
      if (type !== null) yield type
    }
  }
}

function mediaType(part: JsonObject): string | null {
  switch (part['type']) {
    case 'image_url':
      return 'image/*'
    case 'input_audio':
      return 'audio/*'
    case 'document_url':
      return 'application/pdf'
    case 'file':
      return typeOfFile(part['file'])
    default:
      return null
  }
}
