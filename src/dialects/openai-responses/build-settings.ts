import type {
  Conversation,
  OutputFormat,
  ReasoningRequest,
  Tool,
  ToolChoice,
} from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Findings, warn } from './findings.ts'

/** OpenAI refuses a smaller limit. */
const leastOutputTokens = 16

/**
 * `strict` is always written: left out, this API would make the schema strict, which no other does.
 */
export function buildTool(tool: Tool): JsonObject {
  return {
    type: 'function',
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    parameters: tool.parameters ?? {
      type: 'object',
      properties: {},
      additionalProperties: false,
    },
    strict: tool.strict ?? false,
  }
}

export function buildToolChoice(choice: ToolChoice): JsonValue {
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type
}

/** null for plain text, the default. */
export function buildFormat(output: OutputFormat, noJsonSchema: boolean): JsonObject | null {
  if (output.type === 'text') return null
  if (output.type === 'json' || noJsonSchema) return { type: 'json_object' }
  return {
    type: 'json_schema',
    name: output.name,
    ...(output.description === null ? {} : { description: output.description }),
    schema: output.schema,
    strict: output.strict ?? false,
  }
}

export function buildReasoning(findings: Findings, request: ReasoningRequest): JsonObject | null {
  const effort = request.effort ?? effortFor(findings, request.budgetTokens)
  const reasoning: JsonObject = {}
  if (effort !== null) reasoning['effort'] = effort
  if (request.visible === true) reasoning['summary'] = 'auto'
  return Object.keys(reasoning).length === 0 ? null : reasoning
}

/** This API knows no budget, only words; "high" spends tens of thousands of tokens. */
function effortFor(findings: Findings, budgetTokens: number | null): string | null {
  if (budgetTokens === null) return null
  const effort = budgetTokens < 4096 ? 'low' : budgetTokens < 16_384 ? 'medium' : 'high'
  warn(findings, `A thinking budget of ${budgetTokens} tokens is asked for as effort "${effort}".`)
  return effort
}

export function buildOutputLimit(findings: Findings, limit: number): number {
  if (limit >= leastOutputTokens) return limit
  warn(
    findings,
    `The output limit ${limit} is below what this API takes; raised to ${leastOutputTokens}.`,
  )
  return leastOutputTokens
}

/** Sampling settings this API has no field for. */
export function warnOfLostSettings(findings: Findings, conversation: Conversation): void {
  const lost: readonly (readonly [boolean, string])[] = [
    [conversation.stopSequences.length > 0, 'Stop sequences'],
    [conversation.topK !== null, 'Top-k sampling'],
    [conversation.seed !== null, 'The seed'],
    [(conversation.presencePenalty ?? 0) !== 0, 'The presence penalty'],
    [(conversation.frequencyPenalty ?? 0) !== 0, 'The frequency penalty'],
  ]
  for (const [isLost, name] of lost) {
    if (isLost) warn(findings, `${name} cannot be set in the Responses API and is left out.`)
  }
}
