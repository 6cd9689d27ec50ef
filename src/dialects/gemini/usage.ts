import type { JsonObject, JsonValue } from '../../core/json.ts'
import { plausibleUsage, reportedCount } from '../../core/plausible-usage.ts'
import type { Usage } from '../../core/reply.ts'
import { listField, numberField, textField } from './fields.ts'

/**
 * Reads `usageMetadata`. Gemini counts thinking beside the candidates and what its own tools
 * fetched beside the prompt; both are billed, so both belong to the totals. null where nothing is
 * counted yet: Vertex sends only a `trafficType` until the last chunk.
 */
export function readUsage(metadata: JsonValue | undefined): Usage | null {
  const count = (name: string) => reportedCount(numberField(metadata, name))
  const prompt = count('promptTokenCount')
  const candidates = count('candidatesTokenCount')
  const thoughts = count('thoughtsTokenCount')
  if (prompt === null && candidates === null && thoughts === null) return null
  const inputTokens = (prompt ?? 0) + (count('toolUsePromptTokenCount') ?? 0)
  return plausibleUsage({
    inputTokens,
    cachedInputTokens: count('cachedContentTokenCount') ?? 0,
    cacheWriteTokens: 0,
    outputTokens: (candidates ?? 0) + (thoughts ?? 0),
    reasoningTokens: thoughts ?? 0,
    inputAudioTokens: countOf(metadata, 'promptTokensDetails', 'AUDIO'),
    outputAudioTokens: countOf(metadata, 'candidatesTokensDetails', 'AUDIO'),
    outputImageTokens: countOf(metadata, 'candidatesTokensDetails', 'IMAGE'),
  })
}

/** Tokens of one modality, where the total is broken down by them. */
function countOf(metadata: JsonValue | undefined, list: string, modality: string): number {
  const entry = listField(metadata, list).find((one) => textField(one, 'modality') === modality)
  return reportedCount(numberField(entry, 'tokenCount')) ?? 0
}

/** `usageMetadata` for a client. Gemini has no count of tokens written to a cache. */
export function writeUsage(usage: Usage): JsonObject {
  return {
    promptTokenCount: usage.inputTokens,
    ...(usage.cachedInputTokens > 0 && { cachedContentTokenCount: usage.cachedInputTokens }),
    candidatesTokenCount: Math.max(0, usage.outputTokens - usage.reasoningTokens),
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    ...details('promptTokensDetails', [['AUDIO', usage.inputAudioTokens]]),
    ...details('candidatesTokensDetails', [
      ['AUDIO', usage.outputAudioTokens],
      ['IMAGE', usage.outputImageTokens],
    ]),
  }
}

/** A list of counts by modality; nothing where none is billed apart. */
function details(
  list: string,
  counts: readonly (readonly [modality: string, count: number | undefined])[],
): JsonObject {
  const entries = counts.flatMap(([modality, tokenCount]) =>
    tokenCount === undefined ? [] : [{ modality, tokenCount }],
  )
  return entries.length === 0 ? {} : { [list]: entries }
}
