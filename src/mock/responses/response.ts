import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Writing } from '../wire/frame.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'
import { outputItems } from './items.ts'

/** A whole Responses reply. */
export function responsesWhole(writing: Writing): JsonObject {
  const { answer } = writing
  const finish = answer.choices[0]?.finish ?? 'stop'
  const reason = incompleteReason(finish)
  return {
    ...envelope(writing),
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output: outputItems(writing),
    usage: responsesUsage(writing),
  }
}

/** The response as it stands when it begins. */
export function openingResponse(writing: Writing): JsonObject {
  return { ...envelope(writing), status: 'in_progress', output: [], usage: null }
}

function incompleteReason(finish: string): string | null {
  if (finish === 'length') return 'max_output_tokens'
  return finish === 'content-filter' ? 'content_filter' : null
}

/** What a response repeats of its request, with the defaults of the API. */
function envelope({ ask, answer, createdS }: Writing): JsonObject {
  const { body } = ask
  const echoed = (name: string, usual: JsonValue): JsonValue => body[name] ?? usual
  return {
    id: `resp_mock${answer.id}`,
    object: 'response',
    created_at: createdS,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: echoed('instructions', null),
    max_output_tokens: ask.maxTokens,
    model: ask.model,
    output: [],
    parallel_tool_calls: ask.parallelTools,
    previous_response_id: echoed('previous_response_id', null),
    reasoning: echoed('reasoning', { effort: null, summary: null }),
    service_tier: 'default',
    store: echoed('store', true),
    temperature: echoed('temperature', 1),
    text: echoed('text', { format: { type: 'text' } }),
    tool_choice: echoed('tool_choice', 'auto'),
    tools: echoed('tools', []),
    top_p: echoed('top_p', 1),
    truncation: 'disabled',
    user: echoed('user', null),
    metadata: echoed('metadata', {}),
  }
}

/** `input_tokens` includes cached ones. */
function responsesUsage({ answer, behaviour }: Writing): JsonValue | undefined {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } =
    answer.usage
  const usage: JsonObject = {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedInputTokens,
      cache_write_tokens: cacheWriteTokens,
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
  return spoilUsage(usage, behaviour.trouble.usage)
}
