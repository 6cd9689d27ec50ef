import { z } from 'zod'
import { duration } from '../../config/schema/fields.ts'

const from = duration(0).meta({ description: 'When it begins, since the first request.' })
const to = duration(0).meta({ description: 'When it ends.' })
const factor = z
  .number()
  .gt(0)
  .max(10_000)
  .meta({ description: 'What first token and time per token are multiplied by.' })
const share = z.number().min(0).max(1)

const step = z.strictObject({
  kind: z.literal('step'),
  from,
  to: to.optional().meta({ description: 'When it ends; left out, it stays.' }),
  factor,
})

const ramp = z.strictObject({
  kind: z.literal('ramp'),
  from,
  to: duration(0).meta({ description: 'When the whole factor is reached.' }),
  until: to.optional().meta({ description: 'When it ends; left out, it stays.' }),
  factor,
})

const spike = z.strictObject({
  kind: z.literal('spike'),
  from,
  to,
  factor,
  share: share.default(0.05).meta({ description: 'Share of requests that are hit.' }),
})

const brownOut = z.strictObject({
  kind: z.literal('brown-out'),
  from,
  to,
  factor,
  errorRate: share.default(0).meta({ description: 'Share of requests that fail besides.' }),
})

const outage = z.strictObject({
  kind: z.literal('outage'),
  from,
  to,
  how: z
    .enum(['unreachable', 'error', 'silent'])
    .default('unreachable')
    .meta({ description: 'No connection, an error 503, or a connection on which nothing comes.' }),
})

const rateLimit = z.strictObject({
  kind: z.literal('rate-limit'),
  from,
  to,
  share: share.default(1).meta({ description: 'Share of requests answered with 429.' }),
  retryAfter: duration(0).optional().meta({ description: 'What the 429 says to wait.' }),
})

/** A time during which a target behaves differently. */
export const regime = z
  .discriminatedUnion('kind', [step, ramp, spike, brownOut, outage, rateLimit], {
    error: 'needs a kind: step, ramp, spike, brown-out, outage or rate-limit',
  })
  .superRefine((value, context) => {
    const ends = [value.to, 'until' in value ? value.until : undefined]
    let after = value.from
    for (const end of ends) {
      if (end === undefined) continue
      if (end < after) {
        context.addIssue({ code: 'custom', message: 'must end after it begins', path: ['to'] })
        return
      }
      after = end
    }
  })

export type Regime = z.output<typeof regime>
