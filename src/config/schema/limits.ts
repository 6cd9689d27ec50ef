import { z } from 'zod'
import { periods } from '../../core/limits/limit.ts'
import { largestAmount } from '../../core/limits/limit-bounds.ts'
import { duration } from './fields.ts'

const countForm = 'must be a whole number from 1 on, such as 100'

const tooMuch = `must be at most ${largestAmount}`

const count = z
  .int({ error: ({ code }) => (code === 'too_big' ? tooMuch : countForm), abort: true })
  .min(1, { error: countForm })
  .max(largestAmount, { error: tooMuch })

const dollarsForm = 'must be an amount in dollars above 0, such as 5, 0.25 or "$5"'
const wrongDollars = { error: dollarsForm }
const dollarsPattern = /^\$?\d+(\.\d+)?$/

/** In dollars: what the largest amount of nano-dollars is. */
const mostDollars = largestAmount / 1e9

/** `5`, `0.25`, `"$5.00"` → nano-dollars. */
const dollars = z
  .union(
    [z.number().gt(0, wrongDollars), z.string().regex(dollarsPattern, wrongDollars)],
    wrongDollars,
  )
  .transform((given, context) => {
    const amount = typeof given === 'number' ? given : Number(given.replace('$', ''))
    const nanoUsd = Math.round(amount * 1e9)
    if (nanoUsd >= 1 && nanoUsd <= largestAmount) return nanoUsd
    const tooSmall = amount > 0 ? 'must be at least 0.000000001, one nano-dollar' : dollarsForm
    const message = nanoUsd > largestAmount ? `must be at most ${mostDollars} dollars` : tooSmall
    context.addIssue({ code: 'custom', message, input: given })
    return z.NEVER
  })

const burstForm =
  'must be a number from 0 on: a whole one such as 10, or dollars beside a limit on cost'

const wrongBurst = { error: burstForm }

/** What it counts is known where the entry is compiled. */
const burst = z.union(
  [z.number().min(0, wrongBurst), z.string().regex(dollarsPattern, wrongBurst)],
  wrongBurst,
)

/** Whose books a limit can be kept for, beside `global`. */
export const valueScopes = [
  'provider',
  'target',
  'ip',
  'user',
  'client',
  'policy',
  'model',
] as const

const limit = z
  .strictObject({
    per: z.enum(periods).optional().meta({
      description: 'Period the amounts are for. Required, but for `concurrent`, which has none.',
    }),
    requests: count.optional().meta({ description: 'Requests in the period.' }),
    inputTokens: count.optional().meta({ description: 'Input tokens in the period.' }),
    outputTokens: count.optional().meta({ description: 'Output tokens in the period.' }),
    tokens: count.optional().meta({ description: 'Input and output tokens in the period.' }),
    cost: dollars.optional().meta({
      description:
        'Dollars in the period: `5`, `5.00` or `"$5"`. Targets without a known price are left out.',
    }),
    concurrent: count.optional().meta({
      description: 'Requests at the same time. Stands alone in its entry, without `per`.',
    }),
    burst: burst.optional().meta({
      description:
        'So much more may be taken at once, and is repaid later; in an entry with one amount. Default: 0.',
    }),
    window: z.enum(['sliding', 'calendar']).optional().meta({
      description:
        'sliding: what was taken comes back one period later (a month is 30 days). calendar: all of it comes back when a new period begins. Default: sliding for second, minute and hour, calendar for day and month.',
    }),
    timeZone: z.string().max(64).optional().meta({
      description:
        'Where the periods of a calendar window begin, by its IANA name such as Europe/Berlin. Default: UTC.',
    }),
    each: z.array(z.enum(valueScopes)).min(1).optional().meta({
      description:
        'Keeps an amount for each of these too: `[user]` at a policy gives each of its users one.',
    }),
    strict: z.boolean().default(false).meta({
      description:
        'true refuses requests with 503 while a shared `state` is out of reach. false holds this gateway to its share of the limit then.',
    }),
  })
  .meta({ id: 'limit', description: 'An amount, or several, that may be taken in a period.' })

export type LimitSettings = z.infer<typeof limit>

export const limitList = z.array(limit)

const listFor = (whom: string) =>
  limitList.optional().meta({ description: `Limits with an amount of its own for ${whom}.` })

/** The limits of one thing; `whom` is what they are for. */
export const limitsOf = (whom: string) =>
  limitList.optional().meta({
    description: `Limits of ${whom}. They take the place of those under \`limits\` on the same measure and period.`,
  })

const queue = z.strictObject({
  maxWait: duration(1).prefault('5s').meta({ description: 'Longest wait of a request.' }),
  size: z.int().min(1).max(1_000_000).default(1_000).meta({
    description: 'Most requests that wait at the same time; further ones get 429 at once.',
  }),
})

/** `whose`: ` of its clients`, or nothing. */
export const queueOf = (whose: string) =>
  queue.optional().meta({
    description: `Lets requests${whose} that are over a limit of their caller wait for room. Default: 429 at once.`,
  })

export const limitsSection = z
  .strictObject({
    global: limitList.optional().meta({ description: 'Limits for all requests together.' }),
    provider: listFor('every provider'),
    target: listFor('every model at a provider'),
    ip: listFor('every address that requests come from; of IPv6 addresses, for every /64'),
    user: listFor('every user that clients name'),
    client: listFor('every client'),
    policy: listFor('every policy, shared by its clients'),
    model: listFor('every name that clients ask for'),
    queue: queueOf(''),
  })
  .optional()
  .meta({
    description:
      'How much may be asked for. Left out, usual limits hold when listening beyond loopback, and none on loopback; what is written here holds instead, so `{}` means none.',
  })
