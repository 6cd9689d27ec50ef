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
  const cacheWriteTokens = partOf(reported.cacheWriteTokens, inputTokens - cachedInputTokens)
  const usage = {
    inputTokens: Math.round(inputTokens),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: Math.round(outputTokens),
    reasoningTokens: partOf(reported.reasoningTokens, outputTokens),
  }
  if (!hasParts(reported)) return usage
  return {
    ...usage,
    ...apart('longCacheWriteTokens', reported, cacheWriteTokens),
    ...apart('inputAudioTokens', reported, inputTokens),
    ...apart('inputImageTokens', reported, inputTokens),
    ...apart('outputAudioTokens', reported, outputTokens),
    ...apart('outputImageTokens', reported, outputTokens),
    ...apart('images', reported, mostImages),
  }
}

/** Whether anything is billed apart, which is rare: for all other replies no part is made and copied. */
function hasParts(reported: Usage): boolean {
  return partNames.some((name) => (reported[name] ?? 0) > 0)
}

/** No request makes more. */
const mostImages = 10_000

const partNames = [
  'longCacheWriteTokens',
  'inputAudioTokens',
  'inputImageTokens',
  'outputAudioTokens',
  'outputImageTokens',
  'images',
] as const

type BilledApart = (typeof partNames)[number]

/** A part that is billed apart, to spread into a usage; nothing where there is none of it. */
function apart(name: BilledApart, reported: Usage, total: number): Partial<Usage> {
  const count = partOf(reported[name] ?? 0, total)
  return count === 0 ? {} : { [name]: count }
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
