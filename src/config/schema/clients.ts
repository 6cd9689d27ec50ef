import { z } from 'zod'
import { name } from './fields.ts'

const policy = z.strictObject({
  allow: z.array(z.string().min(1).max(256)).meta({
    description:
      'Models to allow: public names, provider/model or model ids; `*` stands for any text.',
  }),
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
})

export const clientsSection = z
  .record(name('a client name'), client)
  .meta({ description: 'Applications that call the gateway, each with a key.' })
