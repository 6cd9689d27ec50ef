import type { Conversation, Tool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Building } from './build-media.ts'
import { isGemini3 } from './models.ts'
import { buildThinking } from './thinking.ts'

/**
 * `generationConfig`, and the words that ask for JSON where the model cannot be made to write it.
 */
export interface BuiltConfig {
  readonly config: JsonObject
  readonly instruction: string | null
}

/** More are refused. */
const mostStopSequences = 5

export function buildConfig(conversation: Conversation, building: Building): BuiltConfig {
  const stopSequences = conversation.stopSequences.slice(0, mostStopSequences)
  if (stopSequences.length < conversation.stopSequences.length) {
    building.warnings.push(
      `Gemini takes ${mostStopSequences} stop sequences; the rest is left out.`,
    )
  }
  const thinkingConfig = buildThinking(conversation.reasoning, building.model, building.warnings)
  const { fields, instruction } = buildOutput(conversation, building)
  const config = given({
    temperature: conversation.temperature,
    topP: conversation.topP,
    topK: conversation.topK,
    maxOutputTokens: conversation.maxOutputTokens,
    stopSequences: stopSequences.length > 0 ? stopSequences : null,
    seed: conversation.seed,
    presencePenalty: conversation.presencePenalty,
    frequencyPenalty: conversation.frequencyPenalty,
    thinkingConfig,
  })
  return { config: { ...config, ...fields }, instruction }
}

function given(fields: Record<string, JsonValue>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

function buildOutput(
  { output, tools }: Conversation,
  { model, warnings }: Building,
): { fields: JsonObject; instruction: string | null } {
  if (output.type === 'text') return { fields: {}, instruction: null }
  const schema = output.type === 'json-schema' ? output.schema : null
  if (tools.length > 0 && !isGemini3(model)) {
    warnings.push(
      `${model} cannot be held to JSON while it has tools; it is asked for it in words.`,
    )
    const shape = schema === null ? '' : ` that follows this schema: ${JSON.stringify(schema)}`
    const instruction = `When you answer, write nothing but one JSON value${shape}`
    return { fields: {}, instruction }
  }
  return {
    fields: {
      responseMimeType: 'application/json',
      ...(schema !== null && { responseJsonSchema: schema }),
    },
    instruction: null,
  }
}

/** `tools` with one list of functions; nothing where there are none. */
export function buildTools(tools: readonly Tool[]): JsonObject {
  if (tools.length === 0) return {}
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    description: description ?? '',
    ...(parameters !== null && { parametersJsonSchema: parameters }),
  }))
  return { tools: [{ functionDeclarations }] }
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY', tool: 'ANY' } as const

/** `toolConfig`; Google refuses one without tools. */
export function buildToolChoice(choice: ToolChoice | null, tools: readonly Tool[]): JsonObject {
  if (choice === null || tools.length === 0) return {}
  const only = choice.type === 'tool' ? { allowedFunctionNames: [choice.name] } : {}
  return { toolConfig: { functionCallingConfig: { mode: modes[choice.type], ...only } } }
}
