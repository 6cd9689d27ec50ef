import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BuildContext, BuiltRequest } from '../dialect.ts'
import { buildMessages } from './build-messages.ts'
import { buildSampling } from './build-sampling.ts'
import { buildOutput, buildReasoningEffort, buildTools, jsonInstruction } from './build-settings.ts'
import { Building } from './building.ts'
import { chatEndpoint } from './endpoints.ts'

/** A Chat Completions request; fails where the conversation holds what this dialect cannot say. */
export function buildRequest(
  conversation: Conversation,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const building = new Building(context)
  const messages = buildMessages(conversation.messages, building)
  const instruction = jsonInstruction(conversation.output, messages, building)
  const body: JsonObject = {
    model: context.model,
    messages: instruction === null ? messages : [instruction, ...messages],
    ...buildTools(conversation),
    ...buildOutput(conversation.output, building),
    ...buildReasoningEffort(conversation.reasoning, building),
    ...buildSampling(conversation, building),
    ...(conversation.user !== null && { user: conversation.user }),
    ...(context.streaming && {
      stream: true,
      ...(context.quirks.noStreamOptions !== true && { stream_options: { include_usage: true } }),
    }),
  }
  if (building.problem !== null) return failed(building.problem)
  return ok({
    value: { endpoint: chatEndpoint, body: withoutRefused(body, building), headers: {} },
    warnings: building.warnings,
  })
}

/** Leaves out what this provider is known to answer with an error. */
function withoutRefused(body: JsonObject, building: Building): JsonObject {
  const kept: JsonObject = { ...body }
  for (const name of (building.quirks.refusedFields ?? '').split(' ')) {
    if (kept[name] === undefined) continue
    delete kept[name]
    building.leftOut(`\`${name}\` is refused by this provider and was left out.`)
  }
  return kept
}
