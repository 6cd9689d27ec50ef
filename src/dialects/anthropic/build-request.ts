import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BuildContext, BuiltRequest } from '../dialect.ts'
import { buildMessages } from './build-messages.ts'
import { buildOutput } from './build-output.ts'
import { buildSampling } from './build-sampling.ts'
import { buildThinking } from './build-thinking.ts'
import { buildToolChoice, buildTools } from './build-tools.ts'
import { messagesEndpoint } from './endpoints.ts'
import { modelTraits } from './model-traits.ts'
import { type Notes, startNotes, warn } from './notes.ts'

/** A Messages request that asks what the conversation asks, fitted to the model it is for. */
export function buildRequest(
  conversation: Conversation,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const notes = startNotes()
  const traits = modelTraits(context.model)
  const { system, messages, filesById } = buildMessages(notes, conversation.messages)
  const output = buildOutput(notes, conversation.output, traits, context.quirks)
  const plan = buildThinking(notes, conversation, messages, traits)
  const config = { ...output.config, ...plan.effort }
  const body: JsonObject = {
    model: context.model,
    max_tokens: plan.maxTokens,
    ...systemField([...system, ...output.instructions]),
    messages,
    ...buildTools(notes, conversation.tools, traits),
    ...buildToolChoice(notes, conversation, traits),
    ...plan.thinking,
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...buildSampling(notes, conversation, traits, plan.thinks),
    ...stopField(notes, conversation.stopSequences),
    ...(conversation.user === null ? {} : { metadata: { user_id: conversation.user } }),
    ...(context.streaming ? { stream: true } : {}),
  }
  warnOfTheRest(notes, conversation)
  if (notes.failure !== null) return failed(notes.failure)
  const headers = {
    'anthropic-version': '2023-06-01',
    ...(filesById ? { 'anthropic-beta': 'files-api-2025-04-14' } : {}),
  }
  const kept = withoutRefused(notes, body, context.quirks.refusedFields ?? '')
  const value: BuiltRequest = { endpoint: messagesEndpoint, body: kept, headers }
  return ok({ value, warnings: notes.warnings })
}

function systemField(blocks: readonly JsonObject[]): JsonObject {
  const [only] = blocks
  if (only === undefined) return {}
  const plain = blocks.length === 1 && only['cache_control'] === undefined
  return { system: plain ? only['text'] : [...blocks] }
}

/** Leaves out what this provider is known to answer with an error. */
function withoutRefused(notes: Notes, body: JsonObject, refusedFields: string): JsonObject {
  const kept = { ...body }
  for (const name of refusedFields.split(' ')) {
    if (kept[name] === undefined) continue
    delete kept[name]
    warn(notes, `${name} was left out: this provider refuses it.`)
  }
  return kept
}

/** Anthropic refuses sequences of white space alone. */
function stopField(notes: Notes, sequences: readonly string[]): JsonObject {
  const kept = sequences.filter((sequence) => sequence.trim() !== '')
  if (kept.length < sequences.length) {
    warn(notes, 'Stop sequences of white space were left out: Anthropic refuses them.')
  }
  return kept.length === 0 ? {} : { stop_sequences: kept }
}

function warnOfTheRest(notes: Notes, conversation: Conversation): void {
  const unknown = [
    ['seed', conversation.seed],
    ['presence penalty', conversation.presencePenalty],
    ['frequency penalty', conversation.frequencyPenalty],
  ] as const
  for (const [name, value] of unknown) {
    if (value !== null && value !== 0) warn(notes, `The ${name} was left out: Anthropic has none.`)
  }
  if (Object.keys(conversation.metadata).length > 0) {
    warn(notes, 'The metadata was left out: Anthropic takes only a user.')
  }
}
