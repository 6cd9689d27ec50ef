import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, booleanAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import type { Ask, AskedMessage } from './ask.ts'
import type { AskDetails } from './read-openai.ts'
import { toolChoiceOf, toolOf } from './read-openai.ts'
import { filesIn, roleOf, textOf } from './texts.ts'

export function readResponses(body: JsonObject): AskDetails {
  const effort = stringAt(objectAt(body, 'reasoning') ?? undefined, 'effort')
  return {
    messages: [...instructionsOf(body), ...inputOf(body['input'])],
    maxTokens: numberAt(body, 'max_output_tokens'),
    tools: arrayAt(body, 'tools').flatMap((tool) => toolOf(isObject(tool) ? tool : null)),
    toolChoice: toolChoiceOf(body),
    parallelTools: booleanAt(body, 'parallel_tool_calls') ?? true,
    json: jsonOf(body),
    choices: 1,
    reasoning: effort !== null && effort !== 'none',
  }
}

function instructionsOf(body: JsonObject): AskedMessage[] {
  const instructions = stringAt(body, 'instructions')
  return instructions === null ? [] : [{ role: 'system', text: instructions, files: 0 }]
}

function inputOf(input: JsonValue | undefined): AskedMessage[] {
  if (typeof input === 'string') return [{ role: 'user', text: input, files: 0 }]
  return arrayAt({ input }, 'input').flatMap((item): AskedMessage[] => {
    if (!isObject(item)) return []
    const type = stringAt(item, 'type') ?? 'message'
    if (type === 'function_call_output') {
      return [{ role: 'tool', text: textOf(item['output']), files: 0 }]
    }
    if (type !== 'message') return []
    const content = item['content']
    return [
      { role: roleOf(stringAt(item, 'role')), text: textOf(content), files: filesIn(content) },
    ]
  })
}

function jsonOf(body: JsonObject): Ask['json'] {
  const format = objectAt(objectAt(body, 'text') ?? undefined, 'format') ?? undefined
  const type = stringAt(format, 'type')
  if (type === 'json_object') return true
  return type === 'json_schema' ? (objectAt(format, 'schema') ?? true) : false
}
