import { z } from 'zod'
import { share } from './execution.ts'
import { duration } from './fields.ts'

const slow = z.strictObject({
  after: duration(1).prefault('30s').meta({
    description: 'A first token (a whole reply: its end) that comes later is slow.',
  }),
  open: share(100).optional().meta({
    description: 'Share of slow calls that opens the breaker. Default: slowness opens nothing.',
  }),
})

const cooldown = z.strictObject({
  first: duration(0).prefault('2s').meta({
    description: 'After a 429 that does not say how long to wait; doubles with each further one.',
  }),
  max: duration(0).prefault('30s').meta({ description: 'Longest of these waits.' }),
  maxRetryAfter: duration(0).prefault('5m').meta({
    description: 'Longest wait a provider can ask for.',
  }),
  quota: duration(0).prefault('5m').meta({
    description: 'After a used-up quota, when the provider does not say how long to wait.',
  }),
  auth: duration(0).prefault('5m').meta({
    description: 'After a rejected key. A changed configuration is tried at once.',
  }),
})

const checks = z.strictObject({
  every: duration(1_000).prefault('30s').meta({ description: 'Between two checks of a provider.' }),
  timeout: duration(1).prefault('5s').meta({
    description: 'A provider that has not answered by then has failed the check.',
  }),
  providers: z.array(z.string()).min(1).optional().meta({
    description: 'Ids of the providers to check. Default: all.',
  }),
})

export const healthSection = z
  .strictObject({
    window: duration(1_000).prefault('10s').meta({
      description: 'How far back failures are counted.',
    }),
    minimumCalls: z.int().min(1).max(1_000).default(10).meta({
      description: 'Calls within the window from which on the share of failures decides.',
    }),
    failureRate: share(100).prefault('50%').meta({
      description: 'Share of failures within the window that opens the breaker.',
    }),
    consecutiveFailures: z.int().min(1).max(1_000).default(2).meta({
      description: 'Failures in a row that open it where there are fewer calls than that.',
    }),
    openFor: duration(100).prefault('5s').meta({
      description: 'Until the first probe; half as long again after each one that fails.',
    }),
    maxOpenFor: duration(100).prefault('10s').meta({ description: 'Longest time between probes.' }),
    openForWhenQuiet: duration(100).prefault('12.2s').meta({
      description: 'Between probes where there were fewer calls than `minimumCalls`.',
    }),
    ramp: duration(0).prefault('5s').meta({
      description: 'From the first success after an outage to the full share of the traffic.',
    }),
    slow: slow.prefault({}).meta({ description: 'When a call counts as slow.' }),
    cooldown: cooldown.prefault({}).meta({
      description: 'How long a target is left alone that limits us or rejects our key.',
    }),
    checks: checks.optional().meta({
      description:
        'Asks providers for their list of models at intervals, to see them fail or come back before a client does. Default: off.',
    }),
  })
  .meta({ description: 'When a target counts as broken, and when it is tried again.' })
