import type { Conversation, OutputFormat, ReasoningRequest, Tool } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Building } from './building.ts'
import { cannotReason } from './model-traits.ts'

/** Tools and how to use them; a choice without tools is an error to OpenAI. */
export function buildTools(conversation: Conversation): JsonObject {
  const { tools, toolChoice, parallelToolCalls } = conversation
  if (tools.length === 0) return {}
  return {
    tools: tools.map(buildTool),
    ...(toolChoice !== null && {
      tool_choice:
        toolChoice.type === 'tool'
          ? { type: 'function', function: { name: toolChoice.name } }
          : toolChoice.type,
    }),
    ...(parallelToolCalls !== null && { parallel_tool_calls: parallelToolCalls }),
  }
}

function buildTool(tool: Tool): JsonObject {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== null && { description: tool.description }),
      parameters: tool.parameters ?? { type: 'object', properties: {} },
      ...(tool.strict !== null && { strict: tool.strict }),
    },
  }
}

export function buildOutput(output: OutputFormat, building: Building): JsonObject {
  if (output.type === 'text') return {}
  if (output.type === 'json' || building.quirks.noJsonSchema === true) {
    return { response_format: { type: 'json_object' } }
  }
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: output.name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'answer',
        ...(output.description !== null && { description: output.description }),
        schema: output.schema,
        ...(output.strict !== null && { strict: output.strict }),
      },
    },
  }
}

/**
 * The words `json_object` needs: OpenAI refuses it unless the messages speak of JSON, and where a
 * schema cannot be given apart it must stand in them. null where none are missing.
 */
export function jsonInstruction(
  output: OutputFormat,
  messages: readonly JsonObject[],
  building: Building,
): JsonObject | null {
  if (output.type === 'json-schema' && building.quirks.noJsonSchema === true) {
    building.leftOut('This target knows no JSON schemas: the schema is asked for in words.')
    const schema = JSON.stringify(output.schema)
    return { role: 'system', content: `Answer with JSON that matches this schema:\n${schema}` }
  }
  if (output.type !== 'json' || /json/i.test(JSON.stringify(messages))) return null
  return { role: 'system', content: 'Answer in JSON.' }
}

/** Efforts are words here; a budget becomes the word whose usual budget it is nearest to. */
export function buildReasoningEffort(
  reasoning: ReasoningRequest | null,
  building: Building,
): JsonObject {
  if (reasoning === null) return {}
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens)
  if (effort === null) return {}
  if (cannotReason(building.model)) {
    if (effort !== 'none') building.leftOut('This model does not reason: the effort was left out.')
    return {}
  }
  if (effort === 'none') {
    // Models that cannot reason refuse the field, and those are asked not to most often.
    building.leftOut('Reasoning cannot be switched off here: the model decides how much it thinks.')
    return {}
  }
  return { reasoning_effort: effort === 'max' ? 'xhigh' : effort }
}

function effortOf(budgetTokens: number | null): ReasoningRequest['effort'] {
  if (budgetTokens === null) return null
  if (budgetTokens === 0) return 'none'
  if (budgetTokens < 4_000) return 'low'
  return budgetTokens < 16_000 ? 'medium' : 'high'
}
