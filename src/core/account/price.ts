import type { Usage } from '../reply.ts'

/**
 * Nano-dollars per token, so that cost is integer arithmetic on what is quoted per million tokens.
 * The optional rates are for tokens that some providers bill apart; where one is left out, those
 * tokens cost what their kind costs otherwise.
 */
export interface Rates {
  readonly inputNanoUsd: number
  readonly cachedInputNanoUsd: number
  readonly cacheWriteNanoUsd: number
  readonly outputNanoUsd: number
  /** Written to a cache that keeps them for an hour. */
  readonly longCacheWriteNanoUsd?: number
  readonly reasoningNanoUsd?: number
  readonly inputAudioNanoUsd?: number
  readonly inputImageNanoUsd?: number
  readonly outputAudioNanoUsd?: number
  readonly outputImageNanoUsd?: number
}

/** The rates of a whole request, input and output, once its input is larger than this. */
export interface PriceTier extends Rates {
  readonly aboveInputTokens: number
}

export interface Price extends Rates {
  /** Charged once per request, in nano-dollars. */
  readonly requestNanoUsd: number
  /** Charged for each image made. */
  readonly imageNanoUsd?: number
  /** In ascending order; left out where the price does not depend on the size of the prompt. */
  readonly tiers?: readonly PriceTier[]
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
  const images = usage.images ?? 0
  // Images billed one by one, and no fee is known for one.
  if (images > 0 && price.imageNanoUsd === undefined && usage.outputTokens === 0) return null
  const rates = ratesAt(price, usage.inputTokens)
  const total =
    inputCost(usage, rates) +
    outputCost(usage, rates) +
    images * (price.imageNanoUsd ?? 0) +
    price.requestNanoUsd
  return Math.ceil(total * (1 - roundingError))
}

/**
 * What a request of this size will cost at most, in whole nano-dollars: nothing of it from a cache,
 * all of it text. Called for every candidate of every plan, so it looks at nothing else.
 */
export function estimateNanoUsd(
  inputTokens: number,
  outputTokens: number,
  price: Price | null,
): number | null {
  if (price === null) return null
  const rates = price.tiers === undefined ? price : ratesAt(price, inputTokens)
  const total =
    inputTokens * rates.inputNanoUsd + outputTokens * rates.outputNanoUsd + price.requestNanoUsd
  return Math.ceil(total * (1 - roundingError))
}

/**
 * Providers bill the whole request, its output too, at the rates of the highest tier its input
 * reaches; the tokens below the border are not cheaper.
 */
export function ratesAt(price: Price, inputTokens: number): Rates {
  let rates: Rates = price
  for (const tier of price.tiers ?? []) {
    if (inputTokens <= tier.aboveInputTokens) break
    rates = tier
  }
  return rates
}

/** Parts that a provider reports beyond their total would be paid for twice: they are cut to it. */
function inputCost(usage: Usage, rates: Rates): number {
  const { cachedInputTokens: cached, cacheWriteTokens: written } = usage
  const plain = Math.max(0, usage.inputTokens - cached - written)
  const audio = Math.min(usage.inputAudioTokens ?? 0, plain)
  const image = Math.min(usage.inputImageTokens ?? 0, plain - audio)
  const long = Math.min(usage.longCacheWriteTokens ?? 0, written)
  return (
    (plain - audio - image) * rates.inputNanoUsd +
    audio * (rates.inputAudioNanoUsd ?? rates.inputNanoUsd) +
    image * (rates.inputImageNanoUsd ?? rates.inputNanoUsd) +
    cached * rates.cachedInputNanoUsd +
    (written - long) * rates.cacheWriteNanoUsd +
    long * (rates.longCacheWriteNanoUsd ?? rates.cacheWriteNanoUsd)
  )
}

function outputCost(usage: Usage, rates: Rates): number {
  const output = usage.outputTokens
  const reasoning = Math.min(usage.reasoningTokens, output)
  const audio = Math.min(usage.outputAudioTokens ?? 0, output - reasoning)
  const image = Math.min(usage.outputImageTokens ?? 0, output - reasoning - audio)
  return (
    (output - reasoning - audio - image) * rates.outputNanoUsd +
    reasoning * (rates.reasoningNanoUsd ?? rates.outputNanoUsd) +
    audio * (rates.outputAudioNanoUsd ?? rates.outputNanoUsd) +
    image * (rates.outputImageNanoUsd ?? rates.outputNanoUsd)
  )
}

/**
 * Most that the products and sums above can be off by, relative to their result: without it 1.1 × 100
 * is 110.00000000000001, and is rounded up to 111.
 */
const roundingError = 1e-15
