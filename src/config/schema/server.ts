import { z } from 'zod'
import { parseRange } from '../../core/address.ts'
import { stateForm } from '../state-address.ts'
import { duration, listenAddress, size } from './fields.ts'

const rangeForm =
  'must be an IP address or a range of them, such as 10.0.0.1, 10.0.0.0/8, "::1" or fd00::/8'

const addressRange = z.string({ error: rangeForm }).transform((text, context) => {
  const range = parseRange(text)
  if (range !== null) return range
  context.addIssue({ code: 'custom', message: rangeForm, input: text })
  return z.NEVER
})

export const serverSection = z
  .strictObject({
    listen: listenAddress('127.0.0.1:4100').prefault('127.0.0.1:4100').meta({
      description:
        'Address the client API listens on, host:port. Beyond loopback, clients need keys.',
    }),
    bodyLimit: size().prefault('32mb').meta({
      description: 'Largest request body that is accepted; a larger one is answered with 413.',
    }),
    drainTimeout: duration(0).prefault('600s').meta({
      description:
        'How long a stopping gateway waits for the requests it is serving before it cuts them.',
    }),
    trustedProxies: z.array(addressRange).default([]).meta({
      description:
        'Proxies of your own, by address or range: `[10.0.0.0/8, "::1"]`. Only they are believed about where a request comes from (`X-Forwarded-For`, `Forwarded`).',
    }),
    rateLimitHeaders: z
      .strictObject({
        on: z.enum(['refused', 'all']).default('refused').meta({
          description: 'Which answers say how limits stand: those that a limit refused, or all.',
        }),
        ietf: z.boolean().default(false).meta({
          description: 'true adds `RateLimit` and `RateLimit-Policy`, as the IETF drafts them.',
        }),
      })
      .prefault({})
      .meta({ description: 'What answers say of limits.' }),
  })
  .meta({ description: 'The server that clients talk to.' })

export const stateSection = z.string({ error: stateForm }).min(1, { error: stateForm }).meta({
  description: `Where limits are counted: \`memory\`, or \`redis://[user:password@]host[:port][/database][?prefix=name&timeout=50ms]\` (\`rediss://\` with TLS; Redis or Valkey) to share them among gateways. \`\${NAME}\` takes a value from the environment.`,
})

export const storeSection = z
  .string()
  .transform((text, context) => {
    const path = /^sqlite:(.+)$/.exec(text)?.[1]
    if (path !== undefined) return { kind: 'sqlite' as const, path }
    const message = /^postgres(ql)?:/.test(text)
      ? 'PostgreSQL is not available in this version; use sqlite:<path>'
      : 'must be sqlite:<path>, such as sqlite:.waybill/waybill.db'
    context.addIssue({ code: 'custom', message, input: text })
    return z.NEVER
  })
  .meta({
    description: 'Where requests, usage and cost are recorded: `sqlite:` and the path of a file.',
  })
