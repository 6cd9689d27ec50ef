import { type JsonObject, type JsonValue, objectAt, stringAt } from '../../core/json.ts'
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

export const requestContent: RequestContent = {
  settings(body) {
    const tools = isFilled(body, 'tools')
    const format =
      objectAt(body.get('output_config'), 'format') ?? body.get('output_format') ?? undefined
    const thinking = stringAt(body.get('thinking'), 'type')
    const choice = objectsIn(body.get('tool_choice'))[0]
    return {
      tools,
      parallelTools: tools && choice?.['disable_parallel_tool_use'] === false,
      jsonMode: false,
      jsonSchema: stringAt(format, 'type') === 'json_schema',
      reasoning: thinking === 'enabled' || thinking === 'adaptive',
    }
  },

  media(body) {
    const files = body.mentions('"image"') || body.mentions('"document"')
    return files ? mediaIn(mediaTypes(body)) : noMedia
  },

  opening(body) {
    for (const { role, content } of objectsOf(body.list('messages'))) {
      if (role === 'user') return [systemText(body.get('system')), contentText(content)]
    }
    return null
  },

  lastUserText(body) {
    for (const message of objectsFromEnd(body.list('messages'))) {
      const text = message['role'] === 'user' ? plainText(message['content']) : ''
      if (text !== '') return text
    }
    return ''
  },
}

/** Claude Code begins its system prompt with a block that is another one in every request. */
function systemText(system: JsonValue | undefined): string {
  if (!Array.isArray(system)) return plainText(system)
  const lasting = system.filter(
    (block) => stringAt(block, 'text')?.startsWith('x-anthropic-billing-header') !== true,
  )
  return contentText(lasting)
}

function* mediaTypes(body: LazyBody): Generator<string> {
  for (const message of objectsOf(body.list('messages'))) yield* typesIn(message['content'])
}

function* typesIn(content: JsonValue | undefined): Generator<string> {
  if (typeof content === 'string') return
  for (const block of objectsIn(content)) {
    if (block['type'] === 'image') yield 'image/*'
    else if (block['type'] === 'document') yield* documentTypes(block)
    else if (block['type'] === 'tool_result') yield* typesIn(block['content'])
  }
}

/** A document is a PDF, plain text, or content of its own. */
function* documentTypes(block: JsonObject): Generator<string> {
  const source = objectAt(block, 'source')
  if (source?.['type'] === 'content') yield* typesIn(source['content'])
  else if (source?.['type'] !== 'text')
    yield stringAt(source ?? {}, 'media_type') ?? 'application/pdf'
}
