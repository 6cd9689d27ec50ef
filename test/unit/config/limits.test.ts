import { describe, expect, it } from 'vitest'
import { catalogOf, configure } from './configure.ts'

const demo = 'providers:\n  demo: { simulated: {}, models: { small: { price: free } } }\n'
const web = `clients: { web: { key: "sha256:${'0123456789abcdef'.repeat(4)}" } }\n`

const limitsOf = (yaml: string) => catalogOf(demo + yaml).limits ?? []
const idsOf = (yaml: string) => limitsOf(yaml).map(({ id }) => id)

describe('a limit', () => {
  it('has a book for every value of its scope', () => {
    expect(limitsOf('limits: { user: [{ per: minute, requests: 100, burst: 10 }] }')).toEqual([
      {
        id: 'user requests/minute',
        dimensions: ['user'],
        only: {},
        metric: 'requests',
        per: 'minute',
        window: { kind: 'sliding', lengthMs: 60_000 },
        amount: 100,
        burst: 10,
        strict: false,
        expiresAtMs: null,
      },
    ])
  })

  it('of a policy is shared by its clients', () => {
    const yaml =
      'policies: { gold: { allow: ["*"], limits: [{ per: day, cost: 5.00, strict: true }] } }'
    expect(limitsOf(yaml)).toMatchObject([
      {
        id: 'policy:gold cost/day',
        dimensions: ['policy'],
        only: { policy: 'gold' },
        window: { kind: 'calendar', period: 'day', timeZone: 'UTC' },
        amount: 5_000_000_000,
        strict: true,
      },
    ])
  })

  it('is made for each measure of an entry', () => {
    const yaml = 'limits: { provider: [{ per: minute, requests: 500, tokens: 200000 }] }'
    expect(limitsOf(yaml).map(({ id, amount }) => [id, amount])).toEqual([
      ['provider requests/minute', 500],
      ['provider tokens/minute', 200_000],
    ])
  })

  it('may stand at everything there is', () => {
    const entry = '[{ per: hour, requests: 1 }]'
    const yaml = `
providers:
  demo:
    simulated: {}
    limits: ${entry}
    models: { small: { price: free, limits: ${entry} } }
models: { fast: { targets: [demo/small], limits: ${entry} } }
policies: { gold: { allow: ["*"], limits: ${entry} } }
${web.replace('key', `limits: ${entry}, key`)}limits: {
  global: ${entry}, provider: ${entry}, target: ${entry}, ip: ${entry}, user: ${entry},
  client: ${entry}, policy: ${entry}, model: ${entry} }
`
    const { limits = [] } = catalogOf(yaml)
    expect(limits.map(({ id }) => id.replace(' requests/hour', ''))).toEqual([
      ...['global', 'provider', 'target', 'ip', 'user', 'client', 'policy', 'model'],
      'provider:demo',
      'target:demo/small',
      'policy:gold',
      'client:web',
      'model:fast',
    ])
    expect(limits.every(({ dimensions }) => dimensions.length === 1)).toBe(true)
  })

  it('may be kept for each of something else as well, in whatever order that is written', () => {
    const limits = limitsOf(`limits:
  client: [{ per: day, requests: 5, each: [model, user] }, { per: hour, cost: 1, each: [user] }]
  user: [{ per: hour, cost: 1, each: [client] }]
`)
    expect(limits.map(({ id, dimensions }) => [id, dimensions])).toEqual([
      ['user cost/hour each client', ['user', 'client']],
      ['client requests/day each user,model', ['user', 'client', 'model']],
      ['client cost/hour each user', ['user', 'client']],
    ])
  })

  it('slides over short periods and follows the calendar over long ones', () => {
    const periods = ['second', 'minute', 'hour', 'day', 'month']
    const entries = (more: string) =>
      `limits: { global: [${periods.map((per) => `{ per: ${per}, requests: 1${more} }`)}] }`
    const windows = (more: string) => limitsOf(entries(more)).map(({ window }) => window)
    const sliding = [1_000, 60_000, 3_600_000, 86_400_000, 30 * 86_400_000].map((lengthMs) => ({
      kind: 'sliding',
      lengthMs,
    }))
    const calendar = (timeZone: string) =>
      periods.map((period) => ({ kind: 'calendar', period, timeZone }))
    expect(windows('')).toEqual([...sliding.slice(0, 3), ...calendar('UTC').slice(3)])
    expect(windows(', window: sliding')).toEqual(sliding)
    expect(windows(', window: calendar, timeZone: Asia/Kolkata')).toEqual(calendar('Asia/Kolkata'))
  })

  it('names its window where it is not the usual one, so that no other limit changes its id', () => {
    const minute = '{ per: minute, requests: 5 }'
    const byCalendar = '{ per: minute, requests: 5, window: calendar }'
    const day = '{ per: day, requests: 5, window: sliding }'
    expect(idsOf(`limits: { user: [${minute}, ${byCalendar}, ${day}] }`)).toEqual([
      'user requests/minute',
      'user requests/minute calendar',
      'user requests/day sliding',
    ])
  })

  it('on requests at the same time has no period', () => {
    expect(limitsOf('limits: { client: [{ concurrent: 8, each: [user] }] }')).toMatchObject([
      { id: 'client concurrent each user', per: null, window: { kind: 'held' }, amount: 8 },
    ])
  })

  it.each([
    ['5', 5_000_000_000],
    ['5.00', 5_000_000_000],
    ['"$5"', 5_000_000_000],
    ['"$0.25"', 250_000_000],
    ['"0.25"', 250_000_000],
    ['0.1', 100_000_000],
    ['0.000000001', 1],
    ['9000000', 9e15],
  ])('on cost of %s is in nano-dollars', (cost, nanoUsd) => {
    const [limit] = limitsOf(`limits: { global: [{ per: month, cost: ${cost} }] }`)
    expect(limit?.amount).toBe(nanoUsd)
  })

  it('on cost has its burst in dollars too', () => {
    const limits = limitsOf('limits: { global: [{ per: hour, cost: 5, burst: "$0.5" }] }')
    expect(limits).toMatchObject([{ amount: 5e9, burst: 5e8 }])
  })

  it('cannot be changed', () => {
    const [limit] = limitsOf('limits: { user: [{ per: minute, requests: 1 }] }')
    expect(Object.isFrozen(limit)).toBe(true)
    expect(Object.isFrozen(limit?.window)).toBe(true)
  })
})

describe('what holds when nothing is said', () => {
  const open = 'server: { listen: 0.0.0.0:4100 }\n'

  it('is nothing on loopback', () => {
    expect(limitsOf('')).toEqual([])
    expect(limitsOf(web)).toEqual([])
  })

  it('are the documented limits beyond it', () => {
    const limits = limitsOf(open + web)
    expect(limits.map(({ id, amount, burst }) => [id, amount, burst])).toEqual([
      ['global requests/minute', 10_000, 1_000],
      ['provider requests/minute', 1_000, 100],
      ['ip requests/minute', 50, 5],
      ['user requests/minute', 100, 10],
    ])
  })

  it('stays beside limits that stand elsewhere', () => {
    const yaml = 'policies: { gold: { allow: ["*"], limits: [{ concurrent: 4 }] } }\n'
    expect(idsOf(open + web + yaml)).toHaveLength(5)
  })

  it('gives way to what is written under limits', () => {
    expect(idsOf(`${open + web}limits: {}\n`)).toEqual([])
    expect(idsOf(`${open + web}limits: { user: [] }\n`)).toEqual([])
    expect(idsOf(`${open + web}limits: { user: [{ per: hour, requests: 9 }] }\n`)).toEqual([
      'user requests/hour',
    ])
  })

  it('is missed by nobody unknowingly', () => {
    const { warnings } = configure(`${demo + open + web}limits: { queue: {} }\n`)
    expect(warnings).toEqual([
      'waybill.yaml:5:1: warning: limits: names no limits but a queue, and so turns those off that hold by default; name limits beside it',
    ])
    expect(configure(`${demo}limits: { queue: {} }\n`).warnings).toEqual([])
  })
})

describe('beside limits', () => {
  it('requests may wait', () => {
    const catalog = catalogOf(`${demo}
limits: { queue: { maxWait: 2s, size: 10 } }
policies: { gold: { allow: ["*"], queue: {} } }
`)
    expect(catalog.limitQueue).toEqual({ maxWaitMs: 2_000, size: 10 })
    expect(catalog.policies.get('gold')?.limitQueue).toEqual({ maxWaitMs: 5_000, size: 1_000 })
    expect(catalogOf(demo).limitQueue).toBeUndefined()
  })

  it('answers may say more', () => {
    expect(catalogOf(demo).rateLimitHeaders).toEqual({ on: 'refused', ietf: false })
    const yaml = 'server: { rateLimitHeaders: { on: all, ietf: true } }'
    expect(catalogOf(demo + yaml).rateLimitHeaders).toEqual({ on: 'all', ietf: true })
  })

  it('proxies may be trusted', () => {
    const yaml = 'server: { trustedProxies: [10.0.0.0/8, "::1"] }'
    expect(catalogOf(demo + yaml).trustedProxies).toEqual([
      { first: [10 * 256, 0], bits: 8 },
      { first: [0, 0, 0, 0, 0, 0, 0, 1], bits: 128 },
    ])
    expect(catalogOf(demo).trustedProxies).toEqual([])
  })
})
