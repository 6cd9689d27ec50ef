import { z } from 'zod'

/** Fields that several operations ask for, each with the sentence whoever gets it wrong reads. */

const nameForm = 'must be a text of 1 to 256 characters'

/** Clients choose names of users freely: whatever one is called, an operator can see and change his limits. */
export const name = z
  .string({ error: nameForm })
  .min(1, { error: nameForm })
  .max(256, { error: nameForm })
  .refine((text) => text.isWellFormed(), { error: 'holds half a character' })

/** In a query, where everything is text. */
export const flagInQuery = z.enum(['true'], { error: 'must be true, or left out' }).optional()

export const flagInBody = z.literal(true, { error: 'must be true, or left out' }).optional()

export const mostRows = 1_000

const maxForm = `must be a whole number from 1 to ${mostRows}`

export const max = z.coerce
  .number({ error: maxForm })
  .int({ error: maxForm })
  .min(1, { error: maxForm })
  .max(mostRows, { error: maxForm })
  .default(100)
  .meta({ description: 'At most so many rows; `more` says whether there are others.' })

export const since = z.string().max(40).optional().meta({
  description:
    'From then on: a date (`2026-12-31`), a time (ISO 8601), or how long ago (`24h`, `7d`).',
})

/** Milliseconds since the epoch, for people and programs alike. */
export const instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })
