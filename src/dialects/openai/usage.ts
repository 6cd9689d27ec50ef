import type { JsonObject, JsonValue } from '../../core/json.ts'
import { numberAt, objectAt } from '../../core/json.ts'
import { plausibleUsage, reportedCount } from '../../core/plausible-usage.ts'
import { noUsage, type Usage } from '../../core/reply.ts'

/**
 * Usage as providers of this dialect report it; null where it counts no tokens (a duration, a
 * cost). `prompt_tokens` includes cached tokens and `completion_tokens` includes reasoning, as in
 * the canonical form, except where the figures themselves show that a provider leaves them out.
 */
export function readUsage(value: JsonValue | undefined): Usage | null {
  const total = count(value, 'total_tokens')
  const prompt = count(value, 'prompt_tokens') ?? count(value, 'input_tokens')
  const completion = count(value, 'completion_tokens') ?? count(value, 'output_tokens')
  if (prompt === null && completion === null) {
    // Rerankers and some embedders report one figure: all of it was read, none written.
    return total === null ? null : plausibleUsage({ ...noUsage, inputTokens: total })
  }
  const promptDetails =
    objectAt(value, 'prompt_tokens_details') ?? objectAt(value, 'input_tokens_details')
  const completionDetails =
    objectAt(value, 'completion_tokens_details') ?? objectAt(value, 'output_tokens_details')
  const cached = cachedTokens(value, promptDetails)
  const written =
    count(promptDetails ?? undefined, 'cache_write_tokens') ??
    count(value, 'cache_creation_input_tokens') ??
    0
  const reasoning =
    count(completionDetails ?? undefined, 'reasoning_tokens') ??
    count(value, 'reasoning_tokens') ??
    0
  const audio = count(promptDetails ?? undefined, 'audio_tokens') ?? 0
  const outputAudio = count(completionDetails ?? undefined, 'audio_tokens') ?? 0

  let input = prompt ?? 0
  let output = completion ?? 0
  let thought = reasoning
  const uncounted = total === null ? 0 : total - input - output
  if (cached > input) {
    input += cached // Grok at Azure: prompt_tokens without the cached ones
  } else if (uncounted > 0 && (uncounted === audio || uncounted === cached + written)) {
    input += uncounted // Mistral leaves audio out of prompt_tokens but not out of the total
  } else if (reasoning > output || (uncounted > 0 && uncounted === reasoning)) {
    output += reasoning // xAI: reasoning beside completion_tokens, not within
  } else if (uncounted > 0) {
    output += uncounted // Gemini's thoughts stand in the total only, and are billed as output
    if (reasoning === 0) thought = uncounted
  }
  return plausibleUsage({
    inputTokens: input,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: output,
    reasoningTokens: thought,
    inputAudioTokens: audio,
    inputImageTokens: count(promptDetails ?? undefined, 'image_tokens') ?? 0,
    outputAudioTokens: outputAudio,
    outputImageTokens: count(completionDetails ?? undefined, 'image_tokens') ?? 0,
  })
}

/** Usage of one streamed chunk or whole body; Groq also reports it under `x_groq`. */
export function usageOfBody(body: JsonObject): Usage | null {
  return readUsage(body['usage']) ?? readUsage(objectAt(body, 'x_groq')?.['usage'])
}

export function writeUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
      ...countsApart(usage.inputAudioTokens, usage.inputImageTokens),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      ...countsApart(usage.outputAudioTokens, usage.outputImageTokens),
    },
  }
}

function countsApart(audio: number | undefined, image: number | undefined): JsonObject {
  return {
    ...(audio !== undefined && { audio_tokens: audio }),
    ...(image !== undefined && { image_tokens: image }),
  }
}

/**
 * Each provider has its own place for it: OpenAI, DeepSeek, Mistral, Moonshot, Anthropic's names.
 */
function cachedTokens(value: JsonValue | undefined, details: JsonObject | null): number {
  return (
    count(details ?? undefined, 'cached_tokens') ??
    count(value, 'prompt_cache_hit_tokens') ??
    count(value, 'num_cached_tokens') ??
    count(value, 'cached_tokens') ??
    count(value, 'cache_read_input_tokens') ??
    0
  )
}

function count(value: JsonValue | undefined, key: string): number | null {
  return reportedCount(numberAt(value, key))
}
