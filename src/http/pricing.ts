import type { Price, Rates } from '../core/account/price.ts'
import type { Target } from '../core/catalog.ts'

/**
 * `GET /v1/models/{id}/pricing`: dollars per million tokens (`request` and `image`: dollars for one),
 * one line per target; null where the price is not known.
 */
export function pricing(id: string, targets: readonly Target[]): object {
  return {
    id,
    object: 'model.pricing',
    currency: 'USD',
    unit: 'per million tokens',
    targets: targets.map(({ name, price }) => ({
      target: name,
      price: price === null ? null : shownPrice(price),
    })),
  }
}

function shownPrice(price: Price): object {
  const { requestNanoUsd, imageNanoUsd, tiers } = price
  return {
    ...shownRates(price),
    request: requestNanoUsd / 1e9,
    ...(imageNanoUsd === undefined ? {} : { image: imageNanoUsd / 1e9 }),
    ...(tiers === undefined
      ? {}
      : {
          tiers: tiers.map((tier) => ({
            above_input_tokens: tier.aboveInputTokens,
            ...shownRates(tier),
          })),
        }),
  }
}

/** Rates that are shown only where tokens of their kind are billed apart. */
const apart = [
  ['longCacheWriteNanoUsd', 'long_cache_write'],
  ['reasoningNanoUsd', 'reasoning'],
  ['inputAudioNanoUsd', 'input_audio'],
  ['inputImageNanoUsd', 'input_image'],
  ['outputAudioNanoUsd', 'output_audio'],
  ['outputImageNanoUsd', 'output_image'],
] as const

function shownRates(rates: Rates): object {
  const others: Record<string, number> = {}
  for (const [name, key] of apart) {
    const amount = rates[name]
    if (amount !== undefined) others[key] = amount / 1000
  }
  return {
    input: rates.inputNanoUsd / 1000,
    cached_input: rates.cachedInputNanoUsd / 1000,
    cache_write: rates.cacheWriteNanoUsd / 1000,
    output: rates.outputNanoUsd / 1000,
    ...others,
  }
}
