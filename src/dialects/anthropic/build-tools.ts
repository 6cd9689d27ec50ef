import type { Conversation, Tool } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { cacheMark } from './build-content.ts'
import { constrainedSchema } from './constrained-schema.ts'
import type { ModelTraits } from './model-traits.ts'
import { type Notes, warn } from './notes.ts'

export function buildTools(
  notes: Notes,
  tools: readonly Tool[],
  traits: ModelTraits,
): { tools?: JsonObject[] } {
  if (tools.length === 0) return {}
  return { tools: tools.map((tool) => buildTool(notes, tool, traits)) }
}

function buildTool(notes: Notes, tool: Tool, traits: ModelTraits): JsonObject {
  const schema: JsonObject = { type: 'object', ...(tool.parameters ?? { properties: {} }) }
  const strict = tool.strict === true && traits.jsonSchema ? constrainedSchema(schema) : null
  if (tool.strict === true && strict === null) {
    warn(notes, `The tool ${tool.name} is not held to its schema: this model cannot be.`)
  }
  return {
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    input_schema: strict ?? schema,
    ...(strict === null ? {} : { strict: true }),
    ...cacheMark(tool),
  }
}

/**
 * Anthropic refuses a choice without tools. A limit to one call at a time needs a choice to stand
 * in.
 */
export function buildToolChoice(
  notes: Notes,
  conversation: Conversation,
  traits: ModelTraits,
): { tool_choice?: JsonObject } {
  if (conversation.tools.length === 0) return {}
  const choice = wireChoice(notes, conversation, traits)
  if (conversation.parallelToolCalls !== false || choice?.['type'] === 'none') {
    return choice === null ? {} : { tool_choice: choice }
  }
  return { tool_choice: { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true } }
}

function wireChoice(
  notes: Notes,
  conversation: Conversation,
  traits: ModelTraits,
): JsonObject | null {
  const choice = conversation.toolChoice
  switch (choice?.type) {
    case undefined:
      return null
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
    case 'tool':
      if (traits.refusesForcedTools) {
        warn(notes, 'The model is free to call a tool or not: this one cannot be made to.')
        return { type: 'auto' }
      }
      return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: 'any' }
  }
}
