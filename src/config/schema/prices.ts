import { z } from 'zod'

const dollars = z.number().min(0).max(1_000_000)

const perMillion = (what: string) =>
  dollars.optional().meta({ description: `Dollars per million ${what}.` })

/** Amounts a tier may have of its own. */
const rates = {
  input: dollars.meta({ description: 'Dollars per million input tokens.' }),
  output: dollars.meta({ description: 'Dollars per million output tokens.' }),
  cachedInput: perMillion('input tokens read from a prompt cache. Default: as `input`'),
  cacheWrite: perMillion('input tokens written to a prompt cache. Default: as `input`'),
  longCacheWrite: perMillion(
    'input tokens written to a cache that keeps them for an hour. Default: as `cacheWrite`',
  ),
  reasoning: perMillion('reasoning tokens. Default: as `output`'),
  inputAudio: perMillion('input tokens that are audio. Default: as `input`'),
  inputImage: perMillion('input tokens that are images. Default: as `input`'),
  outputAudio: perMillion('output tokens that are audio. Default: as `output`'),
  outputImage: perMillion('output tokens that are images. Default: as `output`'),
}

const tier = z.strictObject({
  above: z.int().min(1).max(100_000_000).meta({
    description:
      'Input tokens beyond which the amounts of this tier hold for the whole request, output included.',
  }),
  ...rates,
  cachedInput: perMillion(
    'input tokens read from a prompt cache. Default: as much dearer than the base price as `input` is',
  ),
  cacheWrite: perMillion(
    'input tokens written to a prompt cache. Default: as much dearer than the base price as `input` is',
  ),
  longCacheWrite: perMillion(
    'input tokens written to a cache that keeps them for an hour. Default: as much dearer than the base price as `input` is',
  ),
})

const priceForm = 'must be free, or { input, output } in dollars per million tokens'

export const price = z.union(
  [
    z.literal('free', { error: priceForm }),
    z.strictObject({
      ...rates,
      request: dollars.optional().meta({
        description: 'Dollars charged once for each request. Default: 0.',
      }),
      image: dollars.optional().meta({
        description:
          'Dollars charged for each image made. Without it, images that count no tokens have an unknown cost.',
      }),
      tiers: z.array(tier).min(1).optional().meta({
        description: 'Other amounts for large prompts, in ascending order of `above`.',
      }),
    }),
  ],
  { error: priceForm },
)

export type PriceSettings = z.infer<typeof price>
