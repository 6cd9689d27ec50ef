import { z } from 'zod'
import { listenAddress } from './fields.ts'

const hostForm = 'must be a host name or address without port, such as waybill-admin.example.com'

/** As it stands in a Host header, in lower case; IPv6 without brackets. */
const hostName = z
  .string({ error: hostForm })
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:.]{2,45})$/, { error: hostForm })
  .transform((host) => host.toLowerCase())

const adminOptions = z.strictObject({
  listen: listenAddress('127.0.0.1:4101').prefault('127.0.0.1:4101').meta({
    description:
      'Address the admin API listens on, host:port. Every call needs the admin token, wherever it comes from.',
  }),
  hosts: z.array(hostName).default([]).meta({
    description:
      'Names under which it is called, beside those of this machine and the address it listens on; calls under any other are refused.',
  }),
})

const form = 'must be false, or a mapping of listen, hosts'

export const adminSection = z.union([z.literal(false), adminOptions], { error: form }).meta({
  description:
    'The admin API for operators, on an address of its own; `admin: false`: there is none.',
})
