import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject } from '../../../src/core/json.ts'
import type { Received, ReceivedFile } from './received.ts'
import { fileAt, json, list, number, object, text, typed, unexpected } from './wire.ts'

export function receivedByChat(body: JsonObject): Received {
  const messages = list(body['messages'], 'messages').map((one) => object(one, 'message'))
  const of = (role: string) => messages.filter((message) => message['role'] === role)
  const said = (role: string) =>
    of(role)
      .map(({ content }) => textIn(content))
      .join('\n')
  const calls = of('assistant').flatMap((message) => typed(message['tool_calls'], 'tool_calls'))
  return {
    system: said('system'),
    developer: said('developer'),
    turns: messages.flatMap(turn),
    files: of('user').flatMap(({ content }) => filesIn(content)),
    tools: typed(body['tools'], 'tools').map(({ part }) => {
      const declared = object(part['function'], 'function')
      return { name: text(declared['name'], 'name'), schema: declared['parameters'] ?? null }
    }),
    choice: choiceOf(body['tool_choice']),
    parallel: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    calls: calls.map(({ part }) => {
      const called = object(part['function'], 'function')
      return {
        id: text(part['id'], 'id'),
        name: text(called['name'], 'name'),
        input: json(called['arguments'], 'arguments'),
      }
    }),
    results: of('tool').map((message) => ({
      id: text(message['tool_call_id'], 'tool_call_id'),
      text: textIn(message['content']),
    })),
    schema: schemaOf(body['response_format']),
    maxTokens: number(body['max_completion_tokens'] ?? body['max_tokens'], 'max_tokens'),
    stop: stopOf(body['stop']),
    thinks: body['reasoning_effort'] !== undefined,
    reasoning: of('assistant')
      .map((message) => message['reasoning_content'] ?? '')
      .join(''),
    signatures: [],
  }
}

function turn(message: JsonObject): Received['turns'] {
  const { role, content } = message
  if (role !== 'user' && role !== 'assistant') return []
  const found = textIn(content)
  return found === '' ? [] : [{ role, text: found }]
}

function textIn(content: JsonValue | undefined): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return typed(content, 'content')
    .flatMap(({ type, part }) => (type === 'text' ? [text(part['text'], 'text')] : []))
    .join('')
}

function filesIn(content: JsonValue | undefined): ReceivedFile[] {
  if (typeof content === 'string') return []
  return typed(content, 'content').flatMap(({ type, part }) => {
    if (type === 'text') return []
    if (type === 'image_url') return [fileAt(text(object(part['image_url'], type)['url'], 'url'))]
    if (type !== 'file') return unexpected('part', part)
    const file = object(part['file'], type)
    return [fileAt(text(file['file_data'], 'file_data'), text(file['filename'], 'filename'))]
  })
}

function choiceOf(choice: JsonValue | undefined): Received['choice'] {
  if (choice === undefined) return 'auto'
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  const chosen = object(choice, 'tool_choice')
  if (chosen['type'] !== 'function') return unexpected('tool_choice', choice)
  return { tool: text(object(chosen['function'], 'function')['name'], 'name') }
}

function schemaOf(format: JsonValue | undefined): JsonValue {
  if (!isObject(format)) return null
  if (format['type'] !== 'json_schema') return unexpected('response_format', format)
  return object(format['json_schema'], 'json_schema')['schema'] ?? null
}

function stopOf(stop: JsonValue | undefined): readonly string[] {
  if (typeof stop === 'string') return [stop]
  return list(stop, 'stop').map((one) => text(one, 'stop'))
}
