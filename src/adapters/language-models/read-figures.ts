import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import { plausibleUsage, reportedCount } from '../../core/plausible-usage.ts'
import type { FinishReason, Usage } from '../../core/reply.ts'

/**
 * Usage in the nested form of v3 and v4 or the flat one of v2. null when nothing is known: that is
 * no usage of zero.
 */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  const input = objectAt(usage, 'inputTokens')
  const output = objectAt(usage, 'outputTokens')
  if (input === null && output === null) return readFlatUsage(usage)
  const cachedInputTokens = countAt(input ?? {}, 'cacheRead') ?? 0
  const cacheWriteTokens = countAt(input ?? {}, 'cacheWrite') ?? 0
  const reasoningTokens = countAt(output ?? {}, 'reasoning') ?? 0
  const plain = countAt(input ?? {}, 'noCache')
  const text = countAt(output ?? {}, 'text')
  const inputTokens =
    countAt(input ?? {}, 'total') ??
    (plain === null ? null : plain + cachedInputTokens + cacheWriteTokens)
  const outputTokens =
    countAt(output ?? {}, 'total') ?? (text === null ? null : text + reasoningTokens)
  if (inputTokens === null && outputTokens === null) return null
  return plausibleUsage({
    inputTokens: inputTokens ?? 0,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: outputTokens ?? 0,
    reasoningTokens,
  })
}

function readFlatUsage(usage: JsonObject): Usage | null {
  const inputTokens = countAt(usage, 'inputTokens')
  const outputTokens = countAt(usage, 'outputTokens')
  if (inputTokens === null && outputTokens === null) return null
  const cachedInputTokens = countAt(usage, 'cachedInputTokens') ?? 0
  const plain = inputTokens ?? 0
  return plausibleUsage({
    // Some v2 packages (Anthropic's) leave cached tokens out of the total, others count them in.
    inputTokens: cachedInputTokens > plain ? plain + cachedInputTokens : plain,
    cachedInputTokens,
    cacheWriteTokens: 0,
    outputTokens: outputTokens ?? 0,
    reasoningTokens: countAt(usage, 'reasoningTokens') ?? 0,
  })
}

function countAt(owner: JsonObject, key: string): number | null {
  return reportedCount(numberAt(owner, key))
}

/**
 * Why the model stopped; v3 and v4 say `{ unified, raw }`, v2 one word. `error` and `cut` are no
 * ends. A stream that just stops is called "interrupted" by new packages, "unknown" or "other"
 * without the provider's own word by older ones; a whole reply is complete without any word.
 */
export function readFinish(reason: unknown, streamed: boolean): FinishReason | 'error' | 'cut' {
  const unified = isObject(reason) ? stringAt(reason, 'unified') : reason
  const raw = isObject(reason) ? stringAt(reason, 'raw') : null
  if (raw === 'refusal') return 'refusal'
  if (raw === 'pause_turn') return 'pause'
  switch (unified) {
    case 'stop':
    case 'length':
    case 'content-filter':
    case 'tool-calls':
    case 'error':
      return unified
    case 'interrupted':
      return 'cut'
    default: {
      const unexplained = isObject(reason) ? raw === null : unified !== 'other'
      return streamed && unexplained ? 'cut' : 'other'
    }
  }
}
