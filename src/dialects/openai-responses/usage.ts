import { isObject, type JsonObject, type JsonValue, numberAt, objectAt } from '../../core/json.ts'
import { plausibleUsage } from '../../core/plausible-usage.ts'
import type { Usage } from '../../core/reply.ts'

/**
 * Usage of a reply, or null where there is none. `input_tokens` already includes cached and written
 * tokens, `output_tokens` includes reasoning.
 */
export function readUsage(usage: JsonValue | undefined): Usage | null {
  if (!isObject(usage)) return null
  const inputTokens = numberAt(usage, 'input_tokens')
  const outputTokens = numberAt(usage, 'output_tokens')
  if (inputTokens === null && outputTokens === null) return null
  const input = objectAt(usage, 'input_tokens_details') ?? {}
  const output = objectAt(usage, 'output_tokens_details') ?? {}
  return plausibleUsage({
    inputTokens: inputTokens ?? 0,
    cachedInputTokens: numberAt(input, 'cached_tokens') ?? 0,
    cacheWriteTokens: numberAt(input, 'cache_write_tokens') ?? 0,
    outputTokens: outputTokens ?? 0,
    reasoningTokens: numberAt(output, 'reasoning_tokens') ?? 0,
  })
}

export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}
