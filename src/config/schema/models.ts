import { z } from 'zod'
import {
  aliasRetryBudget,
  continuation,
  hedge,
  maxPriceMultiplier,
  rerouteContentFilter,
} from './execution.ts'
import { duration, name } from './fields.ts'
import { limitsOf } from './limits.ts'
import { splitOf } from './split.ts'
import { strategy, successThreshold } from './strategy.ts'

const targetForm = 'must be provider/model, or { target: provider/model, weight: <number> }'

const targetName = z
  .string({ error: targetForm })
  .regex(/^[^/\s]+\/[^\s*]+$/, { error: targetForm })

const weightedTarget = z.strictObject({
  target: targetName.meta({ description: 'The model, written provider/model.' }),
  weight: z.number().gt(0).max(1_000_000).default(1).meta({
    description:
      'Relative share of requests where targets are drawn (random, least-busy); rank among equals for capability.',
  }),
})

const target = z.union([targetName, weightedTarget], { error: targetForm })

const retry = z.strictObject({
  attempts: z.int().min(1).max(10).default(2).meta({
    description: 'Most attempts at one target, the first included.',
  }),
  backoff: duration(0).prefault('100ms').meta({
    description: 'Wait before the second attempt; each further one waits about twice as long.',
  }),
  maxBackoff: duration(0).prefault('2s').meta({ description: 'Longest wait between attempts.' }),
})

const timeouts = z.strictObject({
  connect: duration(1).prefault('3s').meta({ description: 'Until a connection stands.' }),
  firstToken: duration(1).prefault('60s').meta({
    description: 'Until the first real output, counted from when the request was sent.',
  }),
  idle: duration(1).prefault('60s').meta({ description: 'Longest silence between two tokens.' }),
  total: duration(1).prefault('600s').meta({
    description: 'For a whole reply. A stream that keeps talking is not cut.',
  }),
})

const alias = z.strictObject({
  description: z.string().max(1_000).optional().meta({ description: 'What it is for.' }),
  aliases: z.array(name('a public name')).default([]).meta({
    description: 'Synonyms: further names that mean the same.',
  }),
  strategy: strategy.default('failover').meta({
    description: 'How the targets are put in order: failover keeps the order written.',
  }),
  successThreshold,
  targets: z
    .array(target)
    .min(1)
    .meta({ description: 'Models that can serve it, written provider/model.' }),
  fallbacks: z.array(z.string()).default([]).meta({
    description: 'Other public names, tried after the targets.',
  }),
  split: splitOf(target)
    .optional()
    .meta({ description: 'Divides the requests among arms, for A/B tests and canaries.' }),
  retry: retry.prefault({}).meta({ description: 'When and how often a target is asked again.' }),
  timeouts: timeouts.prefault({}).meta({ description: 'How long to wait for a target.' }),
  hedge,
  maxPriceMultiplier,
  retryBudget: aliasRetryBudget,
  rerouteContentFilter,
  continuation,
  limits: limitsOf('requests for the name, or a synonym of it'),
})

export const modelsSection = z
  .record(name('a public name'), alias)
  .meta({ description: 'Public names that clients ask for, and the models behind them.' })
