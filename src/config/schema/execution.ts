import { z } from 'zod'
import { duration } from './fields.ts'

/** How a request is carried out beyond its targets: hedges, the retry budget, continuations. */

const shareForm = 'must be a share such as 5%'

/** `5%` → 0.05, above 0 and up to `mostPercent`. */
export function share(mostPercent: number) {
  return z
    .string({ error: shareForm })
    .regex(/^\d+(\.\d+)?%$/, { error: shareForm })
    .transform((text, context) => {
      const percent = Number.parseFloat(text)
      if (percent > 0 && percent <= mostPercent) return percent / 100
      const message = `must lie above 0% and be at most ${mostPercent}%`
      context.addIssue({ code: 'custom', message, input: text })
      return z.NEVER
    })
}

const afterForm = 'must be auto, or a duration of at least 1ms with its unit, such as 800ms'

export const hedge = z
  .strictObject({
    after: z
      .union([z.literal('auto'), duration(1)], { error: afterForm })
      .default('auto')
      .meta({
        description:
          'How long the first target may show nothing. auto finds the delay that cuts the slowest ' +
          'hundredth most, and hedges nothing where that gains little.',
      }),
    budget: share(50)
      .prefault('5%')
      .meta({ description: 'Most extra calls, as a share of requests.' }),
  })
  .optional()
  .meta({
    description:
      'A second try beside the first while that shows nothing; the first to show something answers. ' +
      'For streams whose request leaves nothing behind at the provider.',
  })

export const retryBudget = z.strictObject({
  share: share(100).prefault('20%').meta({
    description: 'Retries and failovers, as a share of requests, in number and in expected cost.',
  }),
  floor: z.int().min(0).max(100_000).default(50).meta({
    description: 'Retries in ten seconds that are allowed however few requests there are.',
  }),
})

export const aliasRetryBudget = retryBudget.optional().meta({
  description: 'A retry budget of its own; without it the one of the whole gateway is shared.',
})

export const retryBudgetSection = retryBudget.prefault({}).meta({
  description:
    'How much retries and failovers may add to the traffic, so that an outage stays one.',
})

export const maxPriceMultiplier = z.number().min(1).max(1_000_000).optional().meta({
  description: 'Fallbacks expected to cost more than so many times the first target are left out.',
})

export const rerouteContentFilter = z.boolean().default(false).meta({
  description: "Asks the next target when a provider's content filter refuses the request.",
})

export const continuation = z
  .enum(['auto', 'off'])
  .default('auto')
  .meta({
    description:
      'auto: a stream of text that breaks off is continued by a target known to go on from the ' +
      'beginning of a reply (assistantPrefix). off: it ends with an error.',
  })
