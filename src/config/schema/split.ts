import { z } from 'zod'
import { name } from './fields.ts'
import { strategy } from './strategy.ts'

const percentForm = 'must be a share such as 1% or 20%, or off'

/** `2%` → 0.02; `off` → null. */
const percent = z
  .string({ error: percentForm })
  .regex(/^(off|\d{1,4}(\.\d+)?%)$/, { error: percentForm })
  .transform((text) => (text === 'off' ? null : Number.parseFloat(text) / 100))

/** Of all requests: a canary cannot fail by a hundred in a hundred more than the control. */
const difference = percent.refine((share) => share === null || share < 1, {
  error: 'must be less than 100%, or off',
})

const rollback = z.strictObject({
  errors: difference.prefault('1%').meta({
    description:
      'How many more requests may fail than in the control, of all: 1% is one more in a hundred.',
  }),
  latency: percent.prefault('25%').meta({
    description: 'How much longer the typical reply may take than in the control.',
  }),
  cost: percent.prefault('25%').meta({
    description: 'How much more the typical request may cost than in the control.',
  }),
  minimumSamples: z.int().min(10).max(1_000_000).default(30).meta({
    description: 'Requests both arms must have had before anything is decided.',
  }),
})

/** How requests are divided; `target` is how targets are written everywhere. */
export const splitOf = <Target extends z.ZodType>(target: Target) =>
  z.strictObject({
    by: z.enum(['user', 'client', 'request']).default('user').meta({
      description: 'Whose requests always meet the same arm. Without a user the client decides.',
    }),
    arms: z
      .record(
        name('an arm').regex(/\D/, {
          error: 'a number does not keep its place among names; add a letter',
        }),
        z.strictObject({
          weight: z.number().gt(0).max(1_000_000).meta({
            description: 'Share of the traffic, relative to the other arms.',
          }),
          targets: z.array(target).min(1).optional().meta({
            description:
              'Targets of this arm, before those of the name. Default: those of the name.',
          }),
          strategy: strategy.optional().meta({
            description: 'How they are put in order. Default: as the name has it.',
          }),
          rollback: rollback.optional().meta({
            description:
              'Makes the arm a canary: it gets no more traffic once it is worse than the control by more than this, beyond chance.',
          }),
        }),
      )
      .meta({ description: 'At least two, by name; the first is the control.' }),
  })
