import { z } from 'zod'
import { isObject } from '../../core/json.ts'
import { duration } from './fields.ts'

const patternsForm = 'must be a text or a list of texts; `*` stands for any text'
const patternText = z.string({ error: patternsForm }).min(1).max(256)

const patterns = z
  .union([patternText, z.array(patternText).min(1)], { error: patternsForm })
  .transform((given) => (typeof given === 'string' ? [given] : given))

const valueForm = 'must be a text, a number, true or false, or a list of these'
const value = z.union([z.string().max(256), z.number(), z.boolean()], { error: valueForm })

/** Metadata arrives as texts, whatever JSON type a client gave it. */
const values = z
  .union([value, z.array(value).min(1)], { error: valueForm })
  .transform((given) => (Array.isArray(given) ? given : [given]).map(String))

const tokensForm = 'must be a number of tokens, or { atLeast, atMost }'
const tokens = z.int({ error: tokensForm }).min(0).max(1_000_000_000)
const tokenRange = z.strictObject({
  atLeast: tokens.optional().meta({ description: 'Smallest number of tokens that matches.' }),
  atMost: tokens.optional().meta({ description: 'Largest number of tokens that matches.' }),
})
const tokensOrRange = z.union([tokens, tokenRange], { error: tokensForm })

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const clockForm = 'must be a time of day, such as "09:00"; quoted, and at most "24:00"'
const clock = z
  .string({ error: clockForm })
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: clockForm })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const time = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .transform((days) => weekdays.map((day) => days.includes(day)))
    .meta({
      description:
        'Days of the week, in the time zone; a window over midnight belongs to the day it begins on. Default: all.',
    }),
  from: clock.prefault('00:00').meta({ description: 'When it begins.' }),
  to: clock.prefault('24:00').meta({
    description: 'When it ends, exclusive; not later than `from` means the next day.',
  }),
  zone: z.string().max(64).default('UTC').meta({
    description: 'Time zone by its IANA name, such as Europe/Berlin.',
  }),
})

const need = (what: string) =>
  z
    .boolean()
    .optional()
    .meta({ description: `true: the request ${what}; false: it does not.` })

const conditions = z.strictObject({
  vision: need('contains an image'),
  tools: need('offers tools'),
  parallelTools: need('wants parallel tool calls'),
  json: need('wants JSON, with or without a schema'),
  jsonMode: need('wants JSON without a schema'),
  jsonSchema: need('wants JSON after a schema'),
  audio: need('contains or wants audio'),
  pdf: need('contains a PDF'),
  reasoning: need('asks for reasoning'),
  streaming: need('wants a stream'),
  maxCost: z
    .number({ error: 'must be a number of dollars, such as 0.05' })
    .min(0)
    .max(1_000_000)
    .optional()
    .meta({
      description:
        'Dollars the request may be expected to cost at a preferred target. Where no price is known, the target is not preferred.',
    }),
  maxLatency: duration(1).optional().meta({
    description:
      'Longest expected time at a preferred target: to the first token of a stream, to the end of a whole reply.',
  }),
  maxTokens: tokensOrRange.optional().meta({
    description:
      'Output tokens the client allows: at most this many, or a range. A request that does not say never matches.',
  }),
  contextTokens: tokensOrRange.optional().meta({
    description: 'Estimated tokens of the prompt: at least this many, or a range.',
  }),
  model: patterns.optional().meta({ description: 'The model as the client asks for it.' }),
  client: patterns.optional().meta({ description: 'Name of the client.' }),
  user: patterns.optional().meta({ description: 'The end user the client names.' }),
  region: patterns.optional().meta({ description: 'Region of the client, in lower case.' }),
  metadata: z.record(z.string().min(1).max(128), values).optional().meta({
    description:
      'Values of `x-waybill-metadata` by name; `metadata.<name>` beside the other conditions means the same.',
  }),
  time: time.optional().meta({ description: 'Part of the week.' }),
})

const flatMetadata = /^metadata\.(.+)$/

/** `metadata.tier: gold` → `metadata: { tier: gold }`. */
function withNestedMetadata(given: unknown): unknown {
  if (!isObject(given)) return given
  const entries = Object.entries(given)
  const flat = entries.flatMap(([key, one]) => {
    const label = flatMetadata.exec(key)?.[1]
    return label === undefined ? [] : [[label, one] as const]
  })
  if (flat.length === 0) return given
  const rest = Object.fromEntries(entries.filter(([key]) => !flatMetadata.test(key)))
  const nested = isObject(rest['metadata']) ? rest['metadata'] : {}
  return { ...rest, metadata: { ...nested, ...Object.fromEntries(flat) } }
}

export const when = z
  .preprocess(withNestedMetadata, conditions)
  .prefault({})
  .meta({
    description: 'Conditions, all of which must hold. Default: always.',
    patternProperties: { '^metadata\\..+$': {} },
  })
