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

/**
 * $/million tokens → nano-dollars per token: 1 $/M = 1e9 n$ / 1e6 tokens. Rounded, because
 * 0.07 * 1000 is 70.00000000000001, which costs a nano-dollar too much in the end.
 */
export const nanoUsdPerToken = (usdPerMillion: number): number =>
  Math.round(usdPerMillion * 1e9) / 1e6

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
  const total =
    plainInput * price.inputNanoUsd +
    usage.cachedInputTokens * price.cachedInputNanoUsd +
    usage.cacheWriteTokens * price.cacheWriteNanoUsd +
    usage.outputTokens * price.outputNanoUsd +
    price.requestNanoUsd
  return Math.ceil(total * (1 - roundingError))
}

/**
 * Most that the products and sums above can be off by, relative to their result: without it 1.1 × 100
 * is 110.00000000000001, and is rounded up to 111.
 */
const roundingError = 1e-15
