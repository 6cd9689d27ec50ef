import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { type JsonObject, stringAt } from '../../core/json.ts'
import {
  type Notes,
  objectsOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  refuse,
  refuseElsewhere,
  requiredObject,
  requiredString,
  warn,
} from './notes.ts'
import { cacheOf } from './parse-blocks.ts'

/** The tools the client runs itself. Those of Anthropic cannot be carried to anyone else. */
export function parseTools(notes: Notes, body: JsonObject): Tool[] {
  if (body['tools'] === undefined || body['tools'] === null) return []
  return objectsOf(notes, body['tools'], 'tools').flatMap(({ item, path }) => {
    const type = optionalString(notes, item, 'type', path)
    if (type === null || type === 'custom') return [parseTool(notes, item, path)]
    const name = stringAt(item, 'name') ?? type
    // It finds tools that are not offered at first; a translated request offers all of them.
    if (type.startsWith('tool_search_tool')) {
      warn(notes, `The tool ${name} was left out: all tools are offered from the start.`)
    } else {
      refuseElsewhere(notes, path, `the tool ${JSON.stringify(name)} (${type}) of Anthropic`)
    }
    return []
  })
}

function parseTool(notes: Notes, item: JsonObject, path: string): Tool {
  if (item['input_examples'] !== undefined) {
    warn(notes, 'input_examples of tools were left out: only Anthropic reads them.')
  }
  return {
    name: requiredString(notes, item, 'name', path),
    description: optionalString(notes, item, 'description', path),
    parameters: requiredObject(notes, item, 'input_schema', path),
    strict: optionalBoolean(notes, item, 'strict', path),
    ...cacheOf(item),
  }
}

export function parseToolChoice(
  notes: Notes,
  body: JsonObject,
): { toolChoice: ToolChoice | null; parallelToolCalls: boolean | null } {
  const choice = optionalObject(notes, body, 'tool_choice', '')
  if (choice === null) return { toolChoice: null, parallelToolCalls: null }
  const single = optionalBoolean(notes, choice, 'disable_parallel_tool_use', 'tool_choice')
  return {
    toolChoice: choiceOf(notes, choice),
    parallelToolCalls: single === null ? null : !single,
  }
}

function choiceOf(notes: Notes, choice: JsonObject): ToolChoice | null {
  const type = requiredString(notes, choice, 'type', 'tool_choice')
  switch (type) {
    case 'auto':
    case 'none':
      return { type }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type, name: requiredString(notes, choice, 'name', 'tool_choice') }
    default:
      refuse(notes, 'tool_choice.type', 'must be auto, any, tool or none.')
      return null
  }
}
