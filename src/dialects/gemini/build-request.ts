import type { Conversation, Message, Translated } from '../../core/conversation.ts'
import { failed, failure, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BuildContext, BuiltRequest } from '../dialect.ts'
import { buildConfig, buildToolChoice, buildTools } from './build-config.ts'
import { buildContents } from './build-contents.ts'
import type { Building } from './build-media.ts'
import { generateContent, streamGenerateContent } from './endpoints.ts'
import { textPart } from './write-parts.ts'

/**
 * A conversation as a `GenerateContentRequest`. The model stands in the path. The end user,
 * metadata and cache marks have no place here and change nothing in the reply.
 */
export function buildRequest(
  conversation: Conversation,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const building: Building = { model: context.model, warnings: [], problem: null }
  const { config, instruction } = buildConfig(conversation, building)
  const contents = buildContents(conversation.messages, building)
  const system = systemTexts(conversation.messages, building)
  if (conversation.parallelToolCalls === false) {
    building.warnings.push('Gemini cannot be told to call one tool at a time.')
  }
  // Google wants a message; a client that sends only rules means them as one.
  if (contents.length === 0) contents.push(...userContent(system.splice(0)))
  if (contents.length === 0) {
    return failed(
      failure('invalid_request', 'The conversation is empty: send a message with text.'),
    )
  }
  if (building.problem !== null) return failed(building.problem)
  if (instruction !== null) system.push(instruction)
  const body: JsonObject = {
    contents,
    ...(system.length > 0 && {
      systemInstruction: { parts: system.map((text) => textPart(text)) },
    }),
    ...buildTools(conversation.tools),
    ...buildToolChoice(conversation.toolChoice, conversation.tools),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  }
  const endpoint = context.streaming ? streamGenerateContent : generateContent
  return ok({ value: { endpoint, body, headers: {} }, warnings: building.warnings })
}

/** All rules in one place: Google has no system messages within the conversation. */
function systemTexts(messages: readonly Message[], { warnings }: Building): string[] {
  const firstOther = messages.findIndex(({ role }) => role !== 'system')
  const lastSystem = messages.findLastIndex(({ role }) => role === 'system')
  if (firstOther >= 0 && lastSystem > firstOther) {
    warnings.push('System messages within the conversation were moved to its beginning.')
  }
  return messages
    .flatMap((message) => (message.role === 'system' ? message.content : []))
    .flatMap(({ text }) => (text === '' ? [] : text))
}

function userContent(texts: readonly string[]): JsonObject[] {
  return texts.length > 0 ? [{ role: 'user', parts: texts.map((text) => textPart(text)) }] : []
}
