import {
  freePrice,
  nanoUsdPerToken,
  type Price,
  type PriceTier,
  type Rates,
} from '../../core/account/price.ts'
import type { Findings, Path } from '../problem.ts'
import type { PriceSettings } from '../schema/prices.ts'

type Amounts = Exclude<PriceSettings, 'free'>
type TierSettings = NonNullable<Amounts['tiers']>[number]

/** Dollars per million tokens (and per request) → nano-dollars per token (and per request). */
export function priceFrom(settings: PriceSettings): Price {
  if (settings === 'free') return freePrice
  const { request = 0, image, tiers } = settings
  return {
    ...ratesFrom(settings),
    requestNanoUsd: Math.round(request * 1e9),
    ...(image === undefined ? {} : { imageNanoUsd: Math.round(image * 1e9) }),
    ...(tiers === undefined ? {} : { tiers: tiers.map((tier) => tierFrom(tier, settings)) }),
  }
}

/** A tier that begins below the one before it could never be told from it. */
export function reportTierOrder(settings: PriceSettings, path: Path, findings: Findings): void {
  if (settings === 'free') return
  let before = 0
  for (const [index, { above }] of (settings.tiers ?? []).entries()) {
    if (above <= before) {
      const message = `must be more than the ${before} of the tier before it, not ${above}`
      findings.problem([...path, 'tiers', index, 'above'], message)
    }
    before = above
  }
}

/** Rates of what is only billed apart where the configuration says so. */
const apart = [
  ['longCacheWriteNanoUsd', 'longCacheWrite'],
  ['reasoningNanoUsd', 'reasoning'],
  ['inputAudioNanoUsd', 'inputAudio'],
  ['inputImageNanoUsd', 'inputImage'],
  ['outputAudioNanoUsd', 'outputAudio'],
  ['outputImageNanoUsd', 'outputImage'],
] as const

function ratesFrom(amounts: Omit<Amounts, 'tiers' | 'request' | 'image'>): Rates {
  const others: Record<string, number> = {}
  for (const [name, key] of apart) {
    const amount = amounts[key]
    if (amount !== undefined) others[name] = nanoUsdPerToken(amount)
  }
  return {
    inputNanoUsd: nanoUsdPerToken(amounts.input),
    cachedInputNanoUsd: nanoUsdPerToken(amounts.cachedInput ?? amounts.input),
    cacheWriteNanoUsd: nanoUsdPerToken(amounts.cacheWrite ?? amounts.input),
    outputNanoUsd: nanoUsdPerToken(amounts.output),
    ...others,
  }
}

/**
 * Providers raise the price of cached tokens with that of input, so a tier that names none raises
 * them in the same measure; otherwise a large prompt from the cache would look ten times as dear.
 */
function tierFrom(tier: TierSettings, base: Amounts): PriceTier {
  const raised = (own: number | undefined, ofBase: number | undefined, factor: number) =>
    own ?? (ofBase === undefined || !Number.isFinite(factor) ? undefined : ofBase * factor)
  const dearer = tier.input / base.input
  const dearerOutput = tier.output / base.output
  return {
    aboveInputTokens: tier.above,
    ...ratesFrom({
      ...tier,
      cachedInput: raised(tier.cachedInput, base.cachedInput, dearer),
      cacheWrite: raised(tier.cacheWrite, base.cacheWrite, dearer),
      longCacheWrite: raised(tier.longCacheWrite, base.longCacheWrite, dearer),
      inputAudio: raised(tier.inputAudio, base.inputAudio, dearer),
      inputImage: raised(tier.inputImage, base.inputImage, dearer),
      reasoning: raised(tier.reasoning, base.reasoning, dearerOutput),
      outputAudio: raised(tier.outputAudio, base.outputAudio, dearerOutput),
      outputImage: raised(tier.outputImage, base.outputImage, dearerOutput),
    }),
  }
}
