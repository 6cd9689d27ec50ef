import { z } from 'zod'
import { strategyNames } from '../../core/catalog.ts'
import { defaultAdaptiveSettings } from '../../core/plan/choice.ts'

/** How targets are put in order: a name, or a name with its settings. */

const weight = (what: string) =>
  z
    .number()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({
      description: `How much ${what} counts, relative to the other weights.`,
    })

const weights = z
  .strictObject({
    latency: weight('a low expected latency'),
    cost: weight('a low expected cost'),
    success: weight('a high success rate'),
    throughput: weight('many output tokens per second'),
  })
  .refine(({ latency, cost, success, throughput }) => latency + cost + success + throughput > 0, {
    error: 'needs at least one weight above 0, such as { latency: 60, cost: 40 }',
    when: ({ issues }) => issues.length === 0,
  })

const budgetForm = 'must be a number of dollars above 0, such as 0.002'

const explorationForm = 'must be off, or a share between 0 and 1, such as 0.05'

const adaptive = z.strictObject({
  budget: z.number({ error: budgetForm }).gt(0).max(1_000_000).optional().meta({
    description:
      'Dollars that a request may cost on average; without it quality is bought at any price.',
  }),
  exploration: z
    .union([z.literal('off'), z.number().min(0).max(1)], { error: explorationForm })
    .default(defaultAdaptiveSettings.exploration)
    .meta({
      description: 'Share of requests that may go elsewhere to learn; off decides consistently.',
    }),
  minimumSamples: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(defaultAdaptiveSettings.minimumSamples)
    .meta({ description: 'Requests a target must have had before it can win.' }),
  hysteresis: z.number().min(0).max(1).default(defaultAdaptiveSettings.hysteresis).meta({
    description:
      'How much better, of a reward between 0 and 1, another target must be to take over.',
  }),
})

const settingsForm = `must be one of ${strategyNames.join(', ')}, or one of weighted and adaptive with its settings`

const withSettings = z
  .strictObject({
    weighted: weights
      .optional()
      .meta({ description: 'Weights of the figures; 0 for those left out.' }),
    adaptive: adaptive.optional().meta({ description: 'How it learns and what it may spend.' }),
  })
  .refine((given) => (given.weighted === undefined) !== (given.adaptive === undefined), {
    error: settingsForm,
    when: ({ issues }) => issues.length === 0,
  })

export const strategy = z.union([z.enum(strategyNames), withSettings], { error: settingsForm })

const thresholdForm = 'must be a share between 0 and 1, such as 0.8'

export const successThreshold = z.number({ error: thresholdForm }).min(0).max(1).default(0.8).meta({
  description:
    'Targets of which a smaller share of calls succeeds go last, once ten calls are known; 0 is off.',
})
