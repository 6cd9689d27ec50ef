import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BuildContext, BuiltRequest } from '../dialect.ts'
import { buildItems } from './build-items.ts'
import {
  buildFormat,
  buildOutputLimit,
  buildReasoning,
  buildTool,
  buildToolChoice,
  warnOfLostSettings,
} from './build-settings.ts'
import { chatEndpoint } from './endpoints.ts'
import { type Findings, noFindings } from './findings.ts'

/** A request that keeps no state at the provider: `store` is false and the history is whole. */
export function buildRequest(
  conversation: Conversation,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const findings = noFindings()
  const body = buildBody(findings, conversation, context)
  warnOfLostSettings(findings, conversation)
  if (findings.failure !== null) return failed(findings.failure)
  const value = { endpoint: chatEndpoint, body, headers: {} }
  return ok({ value, warnings: findings.warnings })
}

function buildBody(
  findings: Findings,
  conversation: Conversation,
  { model, streaming, quirks }: BuildContext,
): JsonObject {
  const { tools, toolChoice, reasoning, maxOutputTokens, metadata } = conversation
  const input = buildItems(findings, conversation.messages, quirks)
  const noJsonSchema = quirks.noJsonSchema === true
  if (noJsonSchema) input.push(...schemaInWords(conversation))
  const format = buildFormat(conversation.output, noJsonSchema)
  const body: JsonObject = {
    model,
    input,
    tools: tools.length === 0 ? undefined : tools.map(buildTool),
    tool_choice:
      toolChoice === null || tools.length === 0 ? undefined : buildToolChoice(toolChoice),
    parallel_tool_calls: conversation.parallelToolCalls ?? undefined,
    text: format === null ? undefined : { format },
    reasoning: reasoning === null ? undefined : (buildReasoning(findings, reasoning) ?? undefined),
    max_output_tokens:
      maxOutputTokens === null ? undefined : buildOutputLimit(findings, maxOutputTokens),
    temperature: conversation.temperature ?? undefined,
    top_p: conversation.topP ?? undefined,
    user: conversation.user ?? undefined,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    store: false,
    include: wantsReasoningBack(conversation) ? ['reasoning.encrypted_content'] : undefined,
    stream: streaming ? true : undefined,
  }
  // No serialiser writes an undefined member, yet it counts as present when bodies are compared.
  for (const [key, value] of Object.entries(body)) if (value === undefined) delete body[key]
  return body
}

/**
 * Without stored state the client's next request must bring the reasoning back. Models that do not
 * reason refuse to be asked for it.
 */
function wantsReasoningBack({ reasoning, messages }: Conversation): boolean {
  const asked = reasoning !== null && reasoning.effort !== 'none'
  return asked || messages.some(hasOwnReasoning)
}

function hasOwnReasoning(message: Conversation['messages'][number]): boolean {
  return (
    message.role === 'assistant' &&
    message.content.some(
      (part) => part.type === 'reasoning' && part.signature?.dialect === 'openai-responses',
    )
  )
}

function schemaInWords({ output }: Conversation): JsonObject[] {
  if (output.type !== 'json-schema') return []
  const content = `Answer with JSON that follows this schema: ${JSON.stringify(output.schema)}`
  return [{ role: 'system', content }]
}
