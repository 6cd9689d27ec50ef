import type { Usage } from './reply.ts'

/** No reply has more: what a provider reports beyond is an error of its counting. */
const mostTokens = 1e9

/**
 * Usage as a provider reports it, as far as it can be true. null where a total cannot be, which
 * counts as not reported: money is made of these figures. Parts are kept within their totals.
 */
export function plausibleUsage(reported: Usage): Usage | null {
  const { inputTokens, outputTokens } = reported
  if (!isCount(inputTokens) || !isCount(outputTokens)) return null
  const cachedInputTokens = partOf(reported.cachedInputTokens, inputTokens)
  return {
    inputTokens: Math.round(inputTokens),
    cachedInputTokens,
    cacheWriteTokens: partOf(reported.cacheWriteTokens, inputTokens - cachedInputTokens),
    outputTokens: Math.round(outputTokens),
    reasoningTokens: partOf(reported.reasoningTokens, outputTokens),
  }
}

/**
 * A count before it is added to others: NaN where it cannot be true, because -1 + 100 could. null
 * stays null: not reported.
 */
export function reportedCount(count: number | null): number | null {
  return count === null || isCount(count) ? count : Number.NaN
}

function isCount(count: number): boolean {
  return count >= 0 && count <= mostTokens
}

function partOf(count: number, total: number): number {
  return count > 0 ? Math.round(Math.min(count, total)) : 0
}
