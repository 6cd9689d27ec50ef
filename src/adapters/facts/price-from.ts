import type { ModelPrice } from '@pydantic/genai-prices'
import {
  freePrice,
  nanoUsdPerToken,
  type Price,
  type PriceTier,
  type Rates,
} from '../../core/account/price.ts'

/**
 * A price of the tables in our units. null when text tokens have no price there (speech by the
 * hour, pages of documents): what is unknown must not look free.
 */
export function priceFrom(listed: ModelPrice, model: string): Price | null {
  // OpenRouter's free variants are listed without figures; the name says what they cost.
  if (Object.keys(listed).length === 0 && model.endsWith(':free')) return freePrice
  const rates = ratesAt(listed, null)
  if (rates === null) return null
  const price: Price = {
    ...rates,
    requestNanoUsd: Math.round((amountAt(listed['requests_kcount'], null) ?? 0) * 1e6),
  }
  const tiers = tiersOf(listed)
  return tiers.length === 0 ? price : { ...price, tiers }
}

/** Rates the tables may have beside the four that every price has. */
const apart = [
  ['longCacheWriteNanoUsd', 'cache_write_1h_mtok'],
  ['reasoningNanoUsd', 'output_reasoning_mtok'],
  ['inputAudioNanoUsd', 'input_audio_mtok'],
  ['inputImageNanoUsd', 'input_image_mtok'],
  ['outputAudioNanoUsd', 'output_audio_mtok'],
  ['outputImageNanoUsd', 'output_image_mtok'],
] as const

/** The rates for a prompt of more than `above` tokens; null for one below every border. */
function ratesAt(listed: ModelPrice, above: number | null): Rates | null {
  const at = (name: string) => amountAt(listed[name], above)
  const input = at('input_mtok')
  if (input === null) return null
  // Embeddings have no output; images and speech have one of another kind, counted in the same
  // tokens.
  const output = at('output_mtok') ?? at('output_image_mtok') ?? at('output_audio_mtok') ?? 0
  const rates: Rates = {
    inputNanoUsd: nanoUsdPerToken(input),
    cachedInputNanoUsd: nanoUsdPerToken(at('cache_read_mtok') ?? input),
    cacheWriteNanoUsd: nanoUsdPerToken(at('cache_write_mtok') ?? input),
    outputNanoUsd: nanoUsdPerToken(output),
  }
  const others: Record<string, number> = {}
  for (const [name, key] of apart) {
    const amount = at(key)
    if (amount !== null) others[name] = nanoUsdPerToken(amount)
  }
  return { ...rates, ...others }
}

/** One tier for each border that any of the amounts has. */
function tiersOf(listed: ModelPrice): PriceTier[] {
  const borders = new Set<number>()
  for (const amount of Object.values(listed)) {
    if (typeof amount === 'object') for (const { start } of amount.tiers) borders.add(start)
  }
  const tiers: PriceTier[] = []
  for (const aboveInputTokens of [...borders].sort((a, b) => a - b)) {
    const rates = ratesAt(listed, aboveInputTokens)
    if (rates !== null) tiers.push({ aboveInputTokens, ...rates })
  }
  return tiers
}

/** An amount for prompts just above a border, or below all of them; null where there is none. */
function amountAt(price: ModelPrice[string], above: number | null): number | null {
  if (price === undefined) return null
  if (typeof price === 'number') return price
  let amount = price.base
  if (above === null) return amount
  for (const tier of [...price.tiers].sort((a, b) => a.start - b.start)) {
    if (tier.start <= above) amount = tier.price
  }
  return amount
}
