import type { JsonObject } from '../../core/json.ts'
import { arrayAt, booleanAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import type { Ask, AskedMessage, AskedToolChoice, OfferedTool } from './ask.ts'
import { filesIn, roleOf, textOf } from './texts.ts'

export type AskDetails = Omit<
  Ask,
  'dialect' | 'operation' | 'model' | 'streaming' | 'body' | 'includeUsage'
>

/** Chat Completions and Completions. */
export function readOpenAi(body: JsonObject): AskDetails {
  const format = objectAt(body, 'response_format')
  return {
    messages: messagesOf(body),
    maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
    tools: arrayAt(body, 'tools').flatMap((tool) => toolOf(objectAt(tool, 'function'))),
    toolChoice: toolChoiceOf(body),
    parallelTools: booleanAt(body, 'parallel_tool_calls') ?? true,
    json: jsonOf(format),
    choices: Math.max(1, numberAt(body, 'n') ?? 1),
    reasoning: !['none', ''].includes(stringAt(body, 'reasoning_effort') ?? ''),
  }
}

function messagesOf(body: JsonObject): AskedMessage[] {
  const prompt = body['prompt']
  if (prompt !== undefined) return [{ role: 'user', text: textOf(prompt), files: 0 }]
  return arrayAt(body, 'messages').map((message) => {
    const content = isObject(message) ? message['content'] : undefined
    return {
      role: roleOf(stringAt(message, 'role')),
      text: textOf(content),
      files: filesIn(content),
    }
  })
}

function jsonOf(format: JsonObject | null): Ask['json'] {
  const type = stringAt(format ?? undefined, 'type')
  if (type === 'json_object') return true
  if (type !== 'json_schema') return false
  return objectAt(objectAt(format ?? undefined, 'json_schema') ?? undefined, 'schema') ?? true
}

/** A function as Chat Completions and Responses describe it. */
export function toolOf(described: JsonObject | null): OfferedTool[] {
  const name = stringAt(described ?? undefined, 'name')
  if (name === null) return []
  return [{ name, schema: objectAt(described ?? undefined, 'parameters') }]
}

/** `tool_choice` of Chat Completions (name in `function`) and of Responses (name beside the type). */
export function toolChoiceOf(body: JsonObject): AskedToolChoice {
  const choice = body['tool_choice']
  if (choice === 'none' || choice === 'required') return choice
  if (!isObject(choice)) return 'auto'
  const name = stringAt(objectAt(choice, 'function') ?? choice, 'name')
  return name === null ? 'auto' : { name }
}
