import type { ModelPrice } from '@pydantic/genai-prices'
import { freePrice, nanoUsdPerToken, type Price } from '../../core/account/price.ts'

/**
 * A price of the tables in our units. null when text tokens have no price there (speech by the
 * hour, pages of documents): what is unknown must not look free.
 */
export function priceFrom(listed: ModelPrice, model: string): Price | null {
  // OpenRouter's free variants are listed without figures; the name says what they cost.
  if (Object.keys(listed).length === 0 && model.endsWith(':free')) return freePrice
  const input = baseOf(listed['input_mtok'])
  // Embeddings have no output; images and speech have one of another kind, counted in the same
  // tokens.
  const output =
    baseOf(listed['output_mtok']) ??
    baseOf(listed['output_image_mtok']) ??
    baseOf(listed['output_audio_mtok'])
  if (input === null) return null
  return {
    inputNanoUsd: nanoUsdPerToken(input),
    cachedInputNanoUsd: nanoUsdPerToken(baseOf(listed['cache_read_mtok']) ?? input),
    cacheWriteNanoUsd: nanoUsdPerToken(baseOf(listed['cache_write_mtok']) ?? input),
    outputNanoUsd: nanoUsdPerToken(output ?? 0),
    requestNanoUsd: Math.round((baseOf(listed['requests_kcount']) ?? 0) * 1e6),
  }
}

/** The price before any tier for large prompts begins. */
function baseOf(price: ModelPrice[string]): number | null {
  if (price === undefined) return null
  return typeof price === 'number' ? price : price.base
}
