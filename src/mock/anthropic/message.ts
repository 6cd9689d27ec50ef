import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parseJson } from '../../core/json.ts'
import type { FinishReason, Usage } from '../../core/reply.ts'
import { textOfTokens } from '../answer/tokens.ts'
import type { Writing } from '../wire/frame.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'

export function stopReason(finish: FinishReason): string {
  switch (finish) {
    case 'length':
      return 'max_tokens'
    case 'tool-calls':
      return 'tool_use'
    case 'content-filter':
    case 'refusal':
      return 'refusal'
    default:
      return 'end_turn'
  }
}

/** Input side of usage: `input_tokens` leaves out what was read from or written to the cache. */
export function inputUsage(usage: Usage): JsonObject {
  const { inputTokens, cachedInputTokens, cacheWriteTokens } = usage
  return {
    input_tokens: inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
  }
}

/** What the beginning of a message and a whole one say beyond that. */
export function cacheUsage({ cacheWriteTokens }: Usage): JsonObject {
  const cache_creation = {
    ephemeral_5m_input_tokens: cacheWriteTokens,
    ephemeral_1h_input_tokens: 0,
  }
  return { cache_creation, service_tier: 'standard' }
}

export function outputUsage({ outputTokens, reasoningTokens }: Usage): JsonObject {
  return {
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
  }
}

/** Opaque to clients, but theirs to give back. */
export function signatureOf(writing: Writing): string {
  return `bW9jayBzaWduYXR1cmU${writing.answer.id}`
}

/** A whole Messages reply. */
export function anthropicWhole(writing: Writing): JsonObject {
  const { ask, answer, behaviour } = writing
  const finish = answer.choices[0]?.finish ?? 'stop'
  const usage = {
    ...inputUsage(answer.usage),
    ...cacheUsage(answer.usage),
    ...outputUsage(answer.usage),
  }
  return {
    id: `msg_mock${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: ask.model,
    content: contentOf(writing),
    stop_reason: stopReason(finish),
    stop_sequence: null,
    usage: spoilUsage(usage, behaviour.trouble.usage),
  }
}

function contentOf(writing: Writing): JsonValue[] {
  const [choice] = writing.answer.choices
  if (choice === undefined) return []
  const content: JsonValue[] = []
  if (choice.reasoning.count > 0) {
    const thinking = textOfTokens(choice.reasoning)
    content.push({ type: 'thinking', thinking, signature: signatureOf(writing) })
  }
  if (choice.text.count > 0) content.push({ type: 'text', text: textOfTokens(choice.text) })
  for (const { id, name, input } of choice.calls) {
    content.push({ type: 'tool_use', id: `toolu_${id}`, name, input: parseJson(input) })
  }
  return content
}
