import { z } from 'zod'
import { parseListen } from '../listen.ts'
import { duration, size } from './fields.ts'

const listenForm = 'must be host:port, such as 127.0.0.1:4100, [::1]:4100 or 0.0.0.0:4100'

const listen = z
  .string({ error: listenForm })
  .regex(/:\d{1,5}$/, { error: listenForm })
  .transform((text, context) => {
    const address = parseListen(text)
    if (address !== null) return address
    context.addIssue({ code: 'custom', message: listenForm, input: text })
    return z.NEVER
  })

export const serverSection = z
  .strictObject({
    listen: listen.prefault('127.0.0.1:4100').meta({
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
  })
  .meta({ description: 'The server that clients talk to.' })

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
