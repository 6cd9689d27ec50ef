import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject } from '../../../src/core/json.ts'
import type { Received, ReceivedFile } from './received.ts'
import { list, number, object, text, typed, unexpected } from './wire.ts'

interface Block {
  readonly role: 'user' | 'assistant'
  readonly type: string
  readonly part: JsonObject
}

export function receivedByAnthropic(body: JsonObject): Received {
  const blocks = list(body['messages'], 'messages').flatMap((one): Block[] => {
    const { role, content } = object(one, 'message')
    if (role !== 'user' && role !== 'assistant') return unexpected('role', role)
    if (typeof content === 'string') {
      return [{ role, type: 'text', part: { type: 'text', text: content } }]
    }
    return typed(content, 'content').map((block) => ({ role, ...block }))
  })
  const of = (...types: string[]) => blocks.filter(({ type }) => types.includes(type))
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {}
  const config = isObject(body['output_config']) ? body['output_config'] : {}
  const maxTokens = number(body['max_tokens'], 'max_tokens')
  if (maxTokens === null) throw new Error('max_tokens is required')
  return {
    system: textIn(body['system']),
    developer: '',
    turns: of('text').map(({ role, part }) => ({ role, text: text(part['text'], 'text') })),
    files: of('image', 'document').map(({ part }) => file(part)),
    tools: list(body['tools'], 'tools').map((one) => {
      const tool = object(one, 'tool')
      return { name: text(tool['name'], 'name'), schema: object(tool['input_schema'], 'schema') }
    }),
    choice: choiceOf(choice),
    parallel: choice['disable_parallel_tool_use'] === true ? false : null,
    calls: of('tool_use').map(({ part }) => ({
      id: text(part['id'], 'id'),
      name: text(part['name'], 'name'),
      input: object(part['input'], 'input'),
    })),
    results: of('tool_result').map(({ part }) => ({
      id: text(part['tool_use_id'], 'tool_use_id'),
      text: textIn(part['content']),
    })),
    schema: config['format'] === undefined ? null : schemaOf(object(config['format'], 'format')),
    maxTokens,
    stop: list(body['stop_sequences'], 'stop_sequences').map((one) => text(one, 'stop')),
    thinks: isObject(body['thinking']) && body['thinking']['type'] !== 'disabled',
    reasoning: of('thinking')
      .map(({ part }) => text(part['thinking'], 'thinking'))
      .join(''),
    signatures: of('thinking').map(({ part }) => text(part['signature'], 'signature')),
  }
}

function textIn(content: JsonValue | undefined): string {
  if (content === undefined) return ''
  if (typeof content === 'string') return content
  return typed(content, 'content')
    .map(({ part }) => text(part['text'], 'text'))
    .join('\n')
}

function file(part: JsonObject): ReceivedFile {
  const source = object(part['source'], 'source')
  const filename = typeof part['title'] === 'string' ? part['title'] : null
  if (source['type'] === 'url') {
    return { mediaType: null, data: text(source['url'], 'url'), filename }
  }
  if (source['type'] !== 'base64') return unexpected('source', source)
  const mediaType = text(source['media_type'], 'media_type')
  return { mediaType, data: text(source['data'], 'data'), filename }
}

function choiceOf(choice: JsonObject): Received['choice'] {
  switch (choice['type']) {
    case undefined:
    case 'auto':
      return 'auto'
    case 'none':
      return 'none'
    case 'any':
      return 'required'
    case 'tool':
      return { tool: text(choice['name'], 'name') }
    default:
      return unexpected('tool_choice', choice)
  }
}

function schemaOf(format: JsonObject): JsonValue {
  if (format['type'] !== 'json_schema') return unexpected('format', format)
  return format['schema'] ?? null
}
