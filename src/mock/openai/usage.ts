import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Writing } from '../wire/frame.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'

/** Usage as Chat Completions reports it: cached tokens are part of `prompt_tokens`. */
export function chatUsage({ answer, behaviour }: Writing): JsonValue | undefined {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = answer.usage
  const usage: JsonObject = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
  }
  return spoilUsage(usage, behaviour.trouble.usage)
}
