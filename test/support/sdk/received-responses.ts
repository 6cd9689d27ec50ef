import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { isObject } from '../../../src/core/json.ts'
import type { Received, ReceivedFile } from './received.ts'
import { fileAt, json, list, number, object, text, typed, unexpected } from './wire.ts'

export function receivedByResponses(body: JsonObject): Received {
  const items = list(body['input'], 'input').map((one) => object(one, 'item'))
  const of = (type: string) => items.filter((item) => (item['type'] ?? 'message') === type)
  const messages = of('message')
  const said = (role: string) =>
    messages.filter((message) => message['role'] === role).map(({ content }) => textIn(content))
  const instructions = body['instructions']
  return {
    system: [...(instructions ? [text(instructions, 'instructions')] : []), ...said('system')].join(
      '\n',
    ),
    developer: said('developer').join('\n'),
    turns: messages.flatMap(({ role, content }) =>
      role === 'user' || role === 'assistant' ? [{ role, text: textIn(content) }] : [],
    ),
    files: messages.flatMap(({ content }) => filesIn(content)),
    tools: typed(body['tools'], 'tools').map(({ type, part }) => {
      if (type !== 'function') return unexpected('tool', part)
      return { name: text(part['name'], 'name'), schema: part['parameters'] ?? null }
    }),
    choice: choiceOf(body['tool_choice']),
    parallel: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    calls: of('function_call').map((item) => ({
      id: text(item['call_id'], 'call_id'),
      name: text(item['name'], 'name'),
      input: json(item['arguments'], 'arguments'),
    })),
    results: of('function_call_output').map((item) => ({
      id: text(item['call_id'], 'call_id'),
      text: textIn(item['output']),
    })),
    schema: schemaOf(body['text']),
    maxTokens: number(body['max_output_tokens'], 'max_output_tokens'),
    stop: [],
    thinks: isObject(body['reasoning']),
    reasoning: of('reasoning')
      .flatMap((item) => typed(item['summary'], 'summary'))
      .map(({ part }) => text(part['text'], 'text'))
      .join(''),
    signatures: of('reasoning').flatMap((item) =>
      item['encrypted_content'] ? [text(item['encrypted_content'], 'encrypted_content')] : [],
    ),
  }
}

function textIn(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  return typed(content, 'content')
    .flatMap(({ type, part }) => (/_text$/.test(type) ? [text(part['text'], 'text')] : []))
    .join('')
}

function filesIn(content: JsonValue | undefined): ReceivedFile[] {
  if (typeof content === 'string') return []
  return typed(content, 'content').flatMap(({ type, part }) => {
    if (/_text$/.test(type)) return []
    if (type === 'input_image') return [fileAt(text(part['image_url'], 'image_url'))]
    if (type !== 'input_file') return unexpected('part', part)
    if (part['file_url'] !== undefined) return [fileAt(text(part['file_url'], 'file_url'))]
    return [fileAt(text(part['file_data'], 'file_data'), text(part['filename'], 'filename'))]
  })
}

function choiceOf(choice: JsonValue | undefined): Received['choice'] {
  if (choice === undefined) return 'auto'
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  const chosen = object(choice, 'tool_choice')
  if (chosen['type'] !== 'function') return unexpected('tool_choice', choice)
  return { tool: text(chosen['name'], 'name') }
}

function schemaOf(value: JsonValue | undefined): JsonValue {
  if (!isObject(value)) return null
  const format = object(value['format'], 'format')
  if (format['type'] === 'text') return null
  if (format['type'] !== 'json_schema') return unexpected('text.format', format)
  return format['schema'] ?? null
}
