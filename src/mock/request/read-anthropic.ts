import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, booleanAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import type { Ask, AskedMessage, AskedToolChoice, OfferedTool } from './ask.ts'
import type { AskDetails } from './read-openai.ts'
import { filesIn, hasPart, roleOf, textOf } from './texts.ts'

export function readAnthropic(body: JsonObject): AskDetails {
  const thinking = stringAt(objectAt(body, 'thinking') ?? undefined, 'type')
  const choice = objectAt(body, 'tool_choice') ?? undefined
  return {
    messages: [...systemOf(body), ...arrayAt(body, 'messages').map(messageOf)],
    maxTokens: numberAt(body, 'max_tokens'),
    tools: arrayAt(body, 'tools').flatMap(toolOf),
    toolChoice: toolChoiceOf(choice),
    parallelTools: booleanAt(choice, 'disable_parallel_tool_use') !== true,
    json: jsonOf(body),
    choices: 1,
    reasoning: thinking === 'enabled' || thinking === 'adaptive',
  }
}

function systemOf(body: JsonObject): AskedMessage[] {
  const text = textOf(body['system'])
  return text === '' ? [] : [{ role: 'system', text, files: 0 }]
}

/** A user message that brings tool results stands for the tool. */
function messageOf(message: JsonValue): AskedMessage {
  const content = isObject(message) ? message['content'] : undefined
  const role = hasPart(content, 'tool_result') ? 'tool' : roleOf(stringAt(message, 'role'))
  return { role, text: textOf(content), files: filesIn(content) }
}

function toolOf(tool: JsonValue): OfferedTool[] {
  const name = stringAt(tool, 'name')
  const schema = objectAt(tool, 'input_schema')
  return name === null || schema === null ? [] : [{ name, schema }]
}

function toolChoiceOf(choice: JsonObject | undefined): AskedToolChoice {
  const type = stringAt(choice, 'type')
  if (type === 'any') return 'required'
  if (type === 'none') return 'none'
  const name = stringAt(choice, 'name')
  return type === 'tool' && name !== null ? { name } : 'auto'
}

/** Structured output: `output_config.format` now, `output_format` in the beta before it. */
function jsonOf(body: JsonObject): Ask['json'] {
  const format =
    objectAt(objectAt(body, 'output_config') ?? undefined, 'format') ??
    objectAt(body, 'output_format') ??
    undefined
  return stringAt(format, 'type') === 'json_schema' ? (objectAt(format, 'schema') ?? true) : false
}
