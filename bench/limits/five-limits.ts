import type { Charge, Limit } from '../../src/core/limits/limit.ts'

const minute = { kind: 'sliding', lengthMs: 60_000 } as const
const common = {
  only: {},
  per: 'minute',
  window: minute,
  strict: false,
  expiresAtMs: null,
} as const

/** One of each kind, with room for everything: what is measured is admission, not refusal. */
const limits: readonly Limit[] = [
  {
    ...common,
    id: 'global requests/minute',
    dimensions: ['global'],
    metric: 'requests',
    amount: 1e12,
    burst: 1_000,
  },
  {
    ...common,
    id: 'user requests/minute',
    dimensions: ['user'],
    metric: 'requests',
    amount: 1e12,
    burst: 10,
  },
  {
    ...common,
    id: 'policy:product-x tokens/minute',
    dimensions: ['policy'],
    metric: 'tokens',
    amount: 1e15,
    burst: 0,
  },
  {
    ...common,
    id: 'policy:product-x cost/day',
    dimensions: ['policy'],
    metric: 'cost',
    per: 'day',
    window: { kind: 'calendar', period: 'day', timeZone: 'Europe/Berlin' },
    amount: 1e15,
    burst: 0,
  },
  {
    ...common,
    id: 'client concurrent',
    dimensions: ['client'],
    metric: 'concurrent',
    per: null,
    window: { kind: 'held' },
    amount: 1e6,
    burst: 0,
  },
]

const amounts = { requests: 1, tokens: 1_200, cost: 5_000_000, concurrent: 1 } as const

/** What binds one request of a user, made anew for every request as the gateway does. */
export function chargesOfUser(user: string): readonly Charge[] {
  const charges: Charge[] = []
  for (const limit of limits) {
    const { metric } = limit
    const amount = metric === 'inputTokens' || metric === 'outputTokens' ? 0 : amounts[metric]
    charges.push({ limit, subject: subjectOf(limit, user), amount, least: amount })
  }
  return charges
}

function subjectOf({ dimensions }: Limit, user: string): string {
  if (dimensions[0] === 'user') return `user:${user}`
  if (dimensions[0] === 'policy') return 'policy:product-x'
  return dimensions[0] === 'client' ? 'client:web' : 'global'
}

/** One per-user limit on requests, the one that has most books. */
export function perUserLimit(): Limit {
  return {
    ...common,
    id: 'user requests/minute',
    dimensions: ['user'],
    metric: 'requests',
    amount: 100,
    burst: 10,
  }
}
