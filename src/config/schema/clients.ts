import { z } from 'zod'
import { name } from './fields.ts'
import { limitsOf, queueOf } from './limits.ts'
import { rulesList } from './rules.ts'
import { strategy } from './strategy.ts'

const autoEntry = z
  .string()
  .regex(/^\S{1,256}$/, { error: 'must be a public name or provider/model' })

const auto = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: 'false refuses waybill/auto and keeps the lists.',
  }),
  prioritized: z.array(autoEntry).default([]).meta({
    description: 'Public names or provider/model, tried in this order.',
  }),
  available: z.array(autoEntry).default([]).meta({
    description:
      'Tried when none of those can: public names, provider/model, or patterns with `*` for models the configuration names.',
  }),
})

const policy = z.strictObject({
  allow: z.array(z.string().min(1).max(256)).meta({
    description:
      'Models to allow: public names, provider/model or model ids; `*` stands for any text.',
  }),
  strategy: strategy.optional().meta({
    description: 'Takes the place of the strategy of every public name its clients ask for.',
  }),
  rules: rulesList.default([]).meta({
    description: 'Rules or names of rules, tried before those of the whole configuration.',
  }),
  auto: auto.optional().meta({
    description: 'What clients get when they ask for waybill/auto. What it lists is allowed there.',
  }),
  limits: limitsOf('the policy as a whole, shared by its clients'),
  queue: queueOf(' of its clients'),
})

export const policiesSection = z
  .record(name('a policy name'), policy)
  .meta({ description: 'What clients may do. A policy `default` that allows all always exists.' })

const keyForm = 'must be sha256: and the SHA-256 of the key in hex, 64 digits; never the key itself'

/** The hash of nothing: what `sha256sum` gives when the key in front of it was not set. */
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const client = z.strictObject({
  policy: z.string().default('default').meta({ description: 'Name of its policy.' }),
  key: z
    .string({ error: keyForm })
    .regex(/^sha256:[0-9a-fA-F]{64}$/, {
      error: ({ input }) =>
        input === 'sha256:…' || input === 'sha256:...'
          ? `is the sample of the documentation: it ${keyForm}`
          : keyForm,
    })
    .refine((text) => text.toLowerCase() !== `sha256:${emptyHash}`, {
      error: 'is the hash of an empty key; hash the key itself',
    })
    .meta({ description: '`sha256:` and the SHA-256 of its key in hex.' }),
  limits: limitsOf('the client'),
})

export const clientsSection = z
  .record(name('a client name'), client)
  .meta({ description: 'Applications that call the gateway, each with a key.' })
