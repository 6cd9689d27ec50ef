import { z } from 'zod'
import { duration } from '../../config/schema/fields.ts'
import { price } from '../../config/schema/providers.ts'
import { regime } from './regime-schema.ts'

const milliseconds = z.number().min(0).max(3_600_000)

const p99BelowP50 = 'p99 must be at least p50'

const firstToken = z
  .strictObject({
    p50: duration(0).meta({ description: 'Half of the requests wait no longer.' }),
    p99: duration(0).meta({ description: '99 of 100 wait no longer.' }),
    perThousandInput: duration(0).prefault('0ms').meta({
      description: 'Added for each thousand tokens of the prompt.',
    }),
  })
  .refine(({ p50, p99 }) => p99 >= p50, { error: p99BelowP50 })

const msPerToken = z
  .strictObject({
    p50: milliseconds.meta({ description: 'Milliseconds per output token, for half of them.' }),
    p99: milliseconds.meta({ description: 'Milliseconds per output token, for 99 of 100.' }),
  })
  .refine(({ p50, p99 }) => p99 >= p50, { error: p99BelowP50 })

const tokens = z
  .strictObject({ p50: z.number().min(1).max(1e8), p99: z.number().min(1).max(1e8) })
  .refine(({ p50, p99 }) => p99 >= p50, { error: p99BelowP50 })

const capacity = z.strictObject({
  concurrent: z.int().min(1).optional().meta({ description: 'Most requests at a time.' }),
  tokens: z.int().min(1).optional().meta({
    description: 'Most tokens, in and out, of the requests under way.',
  }),
  share: z.number().gt(0).max(1).optional().meta({
    description: 'Most it takes of all requests that arrive, 0 to 1; beyond it answers 429.',
  }),
  whenFull: z.enum(['queue', 'refuse']).default('refuse').meta({
    description: 'What happens beyond `concurrent` and `tokens`: waiting, or 429.',
  }),
  retryAfter: duration(0).optional().meta({ description: 'What a 429 says to wait.' }),
})

const behaviour = z
  .strictObject({
    measurements: z.string().min(1).optional().meta({
      description: 'JSON file of measured calls, seen from this file. Instead of distributions.',
    }),
    firstToken: firstToken.optional().meta({ description: 'Time until the first token.' }),
    msPerToken: msPerToken.optional().meta({ description: 'Time per token after the first.' }),
    errorRate: z.number().min(0).max(1).default(0).meta({
      description: 'Share of requests answered with an error.',
    }),
    errorStatus: z.int().min(400).max(599).default(503).meta({ description: 'Of those errors.' }),
    price: price.optional().meta({
      description: '`free`, or dollars per million tokens. Default: as configured, or known.',
    }),
    capacity: capacity.prefault({}).meta({ description: 'How much it carries.' }),
    regimes: z.array(regime).default([]).meta({
      description: 'Times at which it behaves differently. Those that overlap add up.',
    }),
  })
  .superRefine(({ measurements, firstToken: first, msPerToken: per }, context) => {
    const message =
      measurements === undefined
        ? first !== undefined && per !== undefined
          ? null
          : 'needs firstToken and msPerToken, or measurements'
        : first === undefined && per === undefined
          ? null
          : 'has measurements; take firstToken and msPerToken out'
    if (message !== null) context.addIssue({ code: 'custom', message })
  })

const traffic = z.strictObject({
  requestsPerSecond: z.number().gt(0).max(1e6).meta({ description: 'On average.' }),
  inputTokens: tokens.meta({ description: 'Length of the prompts.' }),
  outputTokens: tokens.meta({ description: 'Length of the replies.' }),
})

/** The file `waybill simulate --providers` takes. */
export const scenarioSchema = z.strictObject({
  targets: z
    .record(
      z.string().regex(/^[^/\s]+\/\S+$/, { error: 'is no target; write provider/model' }),
      behaviour,
    )
    .meta({ description: 'How each target behaves, by provider/model.' }),
  traffic: traffic.optional().meta({
    description: 'Poisson arrivals with lognormal lengths, for when there is no trace.',
  }),
})

export type ScenarioDocument = z.output<typeof scenarioSchema>
export type BehaviourDocument = ScenarioDocument['targets'][string]
