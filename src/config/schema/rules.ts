import { z } from 'zod'
import { ruleOrders } from '../../core/plan/rule.ts'
import { name } from './fields.ts'
import { when } from './rule-conditions.ts'

const preferredForm =
  'must be provider/model, a pattern with *, or { target: provider/model, weight: <number> }'
const preferredTarget = z
  .string({ error: preferredForm })
  .regex(/^(?=.*[/*])\S+$/, { error: preferredForm })

const preferred = z.union(
  [
    preferredTarget,
    z.strictObject({
      target: preferredTarget.meta({
        description: 'The model, written provider/model, or a pattern.',
      }),
      weight: z.number().gt(0).max(1_000_000).optional().meta({
        description: 'Share of requests it is drawn for, relative to the others. Default: 1.',
      }),
    }),
  ],
  { error: preferredForm },
)

const preferForm = `must be a list of targets, or one of ${ruleOrders.join(', ')}`

const rule = z.strictObject({
  name: name('a rule name').meta({
    description: 'What it is called in reasons; the name of a predefined rule takes its place.',
  }),
  when,
  prefer: z
    .union([z.enum(ruleOrders, { error: preferForm }), z.array(preferred).min(1)], {
      error: preferForm,
    })
    .optional()
    .meta({
      description:
        'Targets that come before the others: drawn when they have weights, else as written. Or an order: `cheapest`, `fastest`, `best`, `capable`, `nearest`. Left out: those below `maxCost` and `maxLatency`.',
    }),
})

const ruleForm = 'must be the name of a rule, or { name, when, prefer }'

export const rulesList = z.array(
  z.union([z.string({ error: ruleForm }).min(1), rule], { error: ruleForm }),
)

export const rulesSection = rulesList.meta({
  description:
    'What is preferred for which requests; the first that matches decides. Names stand for predefined rules: budget, quality, vision, fast, region.',
})
