import type { LanguageModelV4CallOptions, LanguageModelV4ToolChoice } from '@ai-sdk/provider'
import type { Conversation, ReasoningRequest, Tool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { buildPrompt } from './prompt.ts'
import { optionsOf, type WithOptions } from './provider-metadata.ts'

/** The v4 call options, with JSON schemas as the plain JSON they arrived as. */
export interface CallOptions
  extends Omit<LanguageModelV4CallOptions, 'tools' | 'responseFormat' | 'reasoning'> {
  tools?: FunctionTool[]
  responseFormat?: {
    type: 'json'
    schema?: JsonObject
    name?: string
    description?: string
  }
  reasoning?: Effort
}

interface FunctionTool extends WithOptions {
  type: 'function'
  name: string
  description?: string
  inputSchema: JsonObject
  strict?: boolean
}

type Effort = NonNullable<ReasoningRequest['effort']>

/** A conversation as call options; what has no place in them is told in `warnings`. */
export function buildCallOptions(
  conversation: Conversation,
  sdk: string,
  abortSignal: AbortSignal,
  warnings: Set<string>,
): CallOptions {
  warnAboutLeftOut(conversation, warnings)
  return {
    prompt: buildPrompt(conversation.messages, sdk, warnings),
    ...limits(conversation),
    ...toolOptions(conversation),
    ...responseFormat(conversation),
    ...reasoning(conversation.reasoning, warnings),
    includeRawChunks: false,
    abortSignal,
  }
}

function limits(conversation: Conversation): Partial<CallOptions> {
  const { maxOutputTokens, temperature, topP, topK, seed, stopSequences } = conversation
  const { presencePenalty, frequencyPenalty } = conversation
  return {
    ...(maxOutputTokens === null ? {} : { maxOutputTokens }),
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(topK === null ? {} : { topK }),
    ...(seed === null ? {} : { seed }),
    ...(presencePenalty === null ? {} : { presencePenalty }),
    ...(frequencyPenalty === null ? {} : { frequencyPenalty }),
    ...(stopSequences.length === 0 ? {} : { stopSequences: [...stopSequences] }),
  }
}

function toolOptions({ tools, toolChoice }: Conversation): Partial<CallOptions> {
  if (tools.length === 0) return {}
  const choice = toolChoice === null ? {} : { toolChoice: sdkToolChoice(toolChoice) }
  return { tools: tools.map(functionTool), ...choice }
}

function functionTool(tool: Tool): FunctionTool {
  return {
    type: 'function',
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    inputSchema: tool.parameters ?? { type: 'object', properties: {} },
    ...(tool.strict === null ? {} : { strict: tool.strict }),
    ...optionsOf(null, tool.cache),
  }
}

function sdkToolChoice(choice: ToolChoice): LanguageModelV4ToolChoice {
  return choice.type === 'tool' ? { type: 'tool', toolName: choice.name } : choice
}

function responseFormat({ output }: Conversation): Partial<CallOptions> {
  if (output.type === 'text') return {}
  if (output.type === 'json') return { responseFormat: { type: 'json' } }
  const description = output.description === null ? {} : { description: output.description }
  return {
    responseFormat: { type: 'json', schema: output.schema, name: output.name, ...description },
  }
}

function reasoning(asked: ReasoningRequest | null, warnings: Set<string>): { reasoning?: Effort } {
  if (asked === null) return {}
  if (asked.effort !== null) return { reasoning: asked.effort }
  if (asked.budgetTokens === null) return {}
  const effort = effortFor(asked.budgetTokens)
  warnings.add(`The thinking budget of ${asked.budgetTokens} tokens became effort \`${effort}\`.`)
  return { reasoning: effort }
}

/** The AI SDK knows efforts only. The steps are those of the Responses dialect. */
function effortFor(budgetTokens: number): Effort {
  if (budgetTokens === 0) return 'none'
  if (budgetTokens < 4_096) return 'low'
  return budgetTokens < 16_384 ? 'medium' : 'high'
}

function warnAboutLeftOut(conversation: Conversation, warnings: Set<string>): void {
  const leftOut = (what: string) =>
    warnings.add(`${what} was left out: the AI SDK has no such option.`)
  if (conversation.parallelToolCalls !== null) leftOut('`parallel_tool_calls`')
  if (conversation.user !== null) leftOut('The name of the end user')
  if (Object.keys(conversation.metadata).length > 0) leftOut('The metadata')
  if (conversation.output.type === 'json-schema' && conversation.output.strict === true) {
    leftOut('`strict` of the JSON schema')
  }
}
