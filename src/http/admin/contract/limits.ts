import { z } from 'zod'
import { metrics, periods } from '../../../core/limits/limit.ts'
import { flagInBody, flagInQuery, instant, max, name, since } from './fields.ts'
import { operation } from './operation.ts'

/** Whose limits are meant. */
const named = {
  user: name.optional().meta({ description: 'End user' }),
  provider: name.optional().meta({ description: 'Provider id' }),
  ip: name.optional().meta({ description: 'Address; IPv6 counts by its /64' }),
  client: name.optional().meta({ description: 'Client name' }),
  policy: name.optional().meta({ description: 'Policy name' }),
  model: name.optional().meta({ description: 'Public model name, or provider/model' }),
  target: name.optional().meta({ description: 'provider/model' }),
}
const whoseInQuery = { ...named, global: flagInQuery.meta({ description: 'The global limits' }) }
const whoseInBody = { ...named, global: flagInBody.meta({ description: 'The global limits' }) }

const oneOf = (choices: readonly string[]) => `must be one of ${choices.join(', ')}`
const metric = z.enum(metrics, { error: oneOf(metrics) })
const window = z.enum(periods, { error: oneOf(periods) })

/** Units of all amounts. */
const amount = z.number().meta({ description: 'Requests or tokens; US dollars for `cost`' })

const described = {
  id: z.string(),
  scope: z
    .string()
    .meta({ description: '`user:alice`, `client:web|model:fast`, `global`; `*`: each' }),
  metric: z.enum(metrics),
  window: z.enum(periods).nullable().meta({ description: 'null for `concurrent`' }),
  limit: amount,
  burst: amount,
}

const standing = {
  used: amount,
  reserved: amount.meta({ description: 'Part of `used` that is borrowed by running requests' }),
  remaining: amount.meta({ description: 'May be negative: replies were longer than expected' }),
  resetMs: z.number().meta({ description: 'Until all of it is back' }),
}

const origin = {
  origin: z.enum(['configuration', 'set']),
  expiresAt: instant.nullable(),
}

const state = z.object({
  kind: z.string().meta({ description: '`memory`, `sqlite`, `redis`' }),
  mode: z.enum(['exact', 'local']).meta({
    description:
      '`local`: the shared books are out of reach, each gateway holds its share of every limit',
  }),
  message: z.string().nullable(),
  books: z.number(),
  replicas: z.number(),
})

const more = z.boolean().meta({ description: 'There are more rows than were asked for' })

export const limitStanding = z.object({ ...described, ...standing, ...origin })
export type LimitStanding = z.output<typeof limitStanding>

export const limitStatus = operation({
  id: 'limits.status',
  method: 'GET',
  path: '/api/v1/limits',
  summary:
    'How much of each limit is used: of those named and of the global ones, which bind them too. Without a filter: of all limits.',
  input: z.strictObject({ ...whoseInQuery, max }),
  reply: z.object({ state, limits: z.array(limitStanding), more }),
})

export const setLimit = z.object({
  ...described,
  expiresAt: instant.nullable(),
  setAt: instant,
  setBy: z.string(),
})
export type SetLimitRow = z.output<typeof setLimit>

const limitForm = 'must be a number above 0'

const limitWish = z.strictObject({
  ...whoseInBody,
  metric: metric.default('requests'),
  limit: z
    .number({ error: limitForm })
    .positive({ error: limitForm })
    .meta({ description: 'Whole requests or tokens; US dollars for `cost`' }),
  window: window.optional().meta({ description: 'Left out for `concurrent` only' }),
  burst: z
    .number({ error: 'must be a number, 0 or more' })
    .nonnegative({ error: 'must be 0 or more' })
    .default(0)
    .meta({ description: 'Beyond `limit`, in the same units' }),
  expires: z.string().max(40).optional().meta({
    description:
      'When it ends by itself: a date (`2026-12-31`, to its end in UTC), a time (ISO 8601), or how long it holds (`12h`, `7d`). Left out: it holds until it is removed.',
  }),
})

const setting = {
  path: '/api/v1/limits',
  input: limitWish,
  reply: setLimit,
} as const

export const putLimit = operation({
  ...setting,
  id: 'limits.set',
  method: 'PUT',
  summary:
    'Sets a limit for one user, provider, address, client, policy, model, target, or globally; in place of what holds for it on the same metric and window. In force for the next request.',
})

export const postLimit = operation({
  ...setting,
  id: 'limits.post',
  method: 'POST',
  summary: 'The same as PUT.',
})

export const removeLimits = operation({
  id: 'limits.remove',
  method: 'DELETE',
  path: '/api/v1/limits',
  summary:
    'Removes limits that were set; what the configuration says holds again. Without metric and window: all of the one named.',
  input: z.strictObject({ ...whoseInQuery, metric: metric.optional(), window: window.optional() }),
  reply: z.object({ removed: z.array(z.string()) }),
})

export const resetLimits = operation({
  id: 'limits.reset',
  method: 'POST',
  path: '/api/v1/limits/reset',
  summary:
    'Empties books: as if nothing had been taken from them. All of them only where `all` says so.',
  input: z.strictObject({ ...whoseInBody, all: flagInBody }),
  reply: z.object({ reset: z.number() }),
})

export const limitConfiguration = z.object({
  ...described,
  kind: z.enum(['sliding', 'calendar', 'held']),
  windowMs: z.number().nullable().meta({ description: 'Length of a sliding window' }),
  timeZone: z.string().nullable().meta({ description: 'Of a calendar' }),
  strict: z.boolean(),
  ...origin,
  setAt: instant.nullable(),
  setBy: z.string().nullable(),
})
export type LimitConfiguration = z.output<typeof limitConfiguration>

export const limitsInForce = operation({
  id: 'limits.config',
  method: 'GET',
  path: '/api/v1/limits/config',
  summary: 'The limits that hold: configured ones, and those that were set.',
  input: z.strictObject({ ...whoseInQuery, max }),
  reply: z.object({ limits: z.array(limitConfiguration), more }),
})

export const limitDay = z.object({
  date: z.string().meta({ description: 'UTC' }),
  id: z.string(),
  metric: z.enum(metrics),
  allowed: z.number(),
  denied: z.number(),
  amount,
})
export type LimitDay = z.output<typeof limitDay>

export const limitStats = operation({
  id: 'limits.stats',
  method: 'GET',
  path: '/api/v1/limits/stats',
  summary: 'What each limit let pass and turned away, by day.',
  input: z.strictObject({ ...whoseInQuery, since, max }),
  reply: z.object({ days: z.array(limitDay), more }),
})

export const violation = z.object({
  at: instant,
  requestId: z.string(),
  id: z.string(),
  scope: z.string(),
  metric: z.enum(metrics),
  client: z.string(),
  user: z.string().nullable(),
  ip: z.string().nullable(),
  model: z.string(),
  needed: amount,
  remaining: amount,
  retryAfterMs: z.number().nullable(),
})
export type ViolationRow = z.output<typeof violation>

export const limitViolations = operation({
  id: 'limits.violations',
  method: 'GET',
  path: '/api/v1/limits/violations',
  summary: 'Requests that limits turned away, the latest first.',
  input: z.strictObject({ ...whoseInQuery, since, max }),
  reply: z.object({ violations: z.array(violation), more }),
})

export const bucket = z.object({ ...described, ...standing, touchedAt: instant })
export type Bucket = z.output<typeof bucket>

export const limitBuckets = operation({
  id: 'limits.buckets',
  method: 'GET',
  path: '/api/v1/limits/buckets',
  summary: 'The books in use, one for each value a limit is kept for.',
  input: z.strictObject({ ...whoseInQuery, max }),
  reply: z.object({ state, buckets: z.array(bucket), more }),
})

const age = z.string().max(40)

export const cleanLimits = operation({
  id: 'limits.cleanup',
  method: 'POST',
  path: '/api/v1/limits/cleanup',
  summary:
    'Forgets books that are full again and were not used for so long, reports that are older, and limits that have expired.',
  input: z.strictObject({
    untouched: age.default('24h').meta({ description: 'Books: `24h`, `7d`' }),
    reports: age.default('90d').meta({
      description: 'Statistics; violations too, of which none is kept for more than 30 days: `90d`',
    }),
  }),
  reply: z.object({ buckets: z.number(), reports: z.number(), expired: z.number() }),
})
