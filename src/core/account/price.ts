import type { Usage } from '../reply.ts'

/** Nano-dollars per token, so that cost is integer arithmetic on what is quoted per million tokens. */
export interface Price {
  readonly inputNanoUsd: number
  readonly cachedInputNanoUsd: number
  readonly cacheWriteNanoUsd: number
  readonly outputNanoUsd: number
  /** Charged once per request, in nano-dollars. */
  readonly requestNanoUsd: number
}

/** $/million tokens → nano-dollars per token: 1 $/M = 1e9 n$ / 1e6 tokens. */
export const nanoUsdPerToken = (usdPerMillion: number): number => usdPerMillion * 1000

export const freePrice: Price = {
  inputNanoUsd: 0,
  cachedInputNanoUsd: 0,
  cacheWriteNanoUsd: 0,
  outputNanoUsd: 0,
  requestNanoUsd: 0,
}

/**
 * Cost of one attempt in whole nano-dollars, rounded up. `usage.inputTokens` is the total: the part
 * read from and written to a cache is priced apart. An unknown price has no cost, not a cost of zero.
 */
export function costNanoUsd(usage: Usage, price: Price | null): number | null {
  if (price === null) return null
  const plainInput = Math.max(
    0,
    usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
  )
  return Math.ceil(
    plainInput * price.inputNanoUsd +
      usage.cachedInputTokens * price.cachedInputNanoUsd +
      usage.cacheWriteTokens * price.cacheWriteNanoUsd +
      usage.outputTokens * price.outputNanoUsd +
      price.requestNanoUsd,
  )
}
