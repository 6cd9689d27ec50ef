import { describe, expect, it } from 'vitest'
import { configure } from './configure.ts'

const demo = 'providers:\n  demo: { simulated: {}, models: { small: { price: free } } }\n'

const count = 'must be a whole number from 1 on, such as 100'
const dollars = 'must be an amount in dollars above 0, such as 5, 0.25 or "$5"'
const burst =
  'must be a number from 0 on: a whole one such as 10, or dollars beside a limit on cost'

describe('an entry that cannot be held is refused', () => {
  it.each([
    ['per: minute, requests: 0', `requests: ${count}, not 0`],
    ['per: minute, requests: -5', `requests: ${count}, not -5`],
    ['per: minute, requests: 1.5', `requests: ${count}, not 1.5`],
    ['per: minute, requests: .nan', `requests: ${count}, not NaN`],
    ['per: minute, requests: "100"', `requests: ${count}, not "100"`],
    ['per: minute, tokens: 1e20', 'tokens: must be at most 9000000000000000, not 1000'],
    ['per: minute, tokens: 9000000000000001', 'tokens: must be at most 9000000000000000'],
    ['per: minute, tokens: .inf', `tokens: ${count}, not Infinity`],
    ['concurrent: 0', `concurrent: ${count}, not 0`],
    ['per: day, cost: 0', `cost: ${dollars}, not 0`],
    ['per: day, cost: "$0.00"', `cost: ${dollars}, not "$0.00"`],
    ['per: day, cost: -1', `cost: ${dollars}, not -1`],
    ['per: day, cost: cheap', `cost: ${dollars}, not "cheap"`],
    ['per: day, cost: .nan', `cost: ${dollars}, not NaN`],
    [
      'per: day, cost: 0.0000000004',
      'cost: must be at least 0.000000001, one nano-dollar, not 4e-10',
    ],
    ['per: day, cost: 9000001', 'cost: must be at most 9000000 dollars, not 9000001'],
    ['per: day, cost: .inf', `cost: ${dollars}, not Infinity`],
    ['per: minute, requests: 5, burst: -1', `burst: ${burst}, not -1`],
    [
      'per: minute, requests: 5, burst: 0.5',
      'burst: must be a whole number of requests, such as 10, not 0.5',
    ],
    [
      'per: minute, requests: 5, burst: "$5"',
      'burst: must be a whole number of requests, such as 10, not "$5"',
    ],
    ['per: minute, tokens: 9000000000000000, burst: 1', 'burst: must be at most 0, not 1'],
    ['per: day, cost: 8999999, burst: 2', 'burst: must be at most 1 dollars, not 2'],
    [
      'per: minute, requests: 5, tokens: 9, burst: 1',
      'burst: could mean requests or tokens; give each an entry of its own',
    ],
    [
      'concurrent: 5, burst: 1',
      'burst: has no meaning beside concurrent; raise concurrent instead',
    ],
    ['requests: 5', ': needs per: one of second, minute, hour, day, month'],
    ['per: minute', ': measures nothing: add requests, tokens, cost or concurrent'],
    ['per: minute, burst: 5', ': measures nothing: add requests, tokens, cost or concurrent'],
    [
      'per: minute, concurrent: 5',
      'per: has no meaning beside concurrent, which holds at every moment; take it out',
    ],
    ['window: sliding, concurrent: 5', 'window: has no meaning beside concurrent'],
    [
      'per: minute, requests: 9, concurrent: 5',
      ': counts concurrent and requests; give each an entry of its own',
    ],
    [
      'per: minut, requests: 5',
      'per: must be one of second, minute, hour, day, month, not "minut". Did you mean "minute"?',
    ],
    ['per: minute, request: 5', 'request: unknown key "request". Did you mean "requests"?'],
    ['per: minute, rpm: 5', 'rpm: unknown key "rpm"; keys here: per, requests, inputTokens'],
    [
      'per: day, requests: 5, window: fixed',
      'window: must be one of sliding, calendar, not "fixed"',
    ],
    [
      'per: day, requests: 5, timeZone: Europe/Berln',
      'timeZone: "Europe/Berln" is no time zone; use an IANA name such as Europe/Berlin. Did you mean "Europe/Berlin"',
    ],
    [
      'per: minute, requests: 5, timeZone: Europe/Berlin',
      'timeZone: has no meaning where the minute slides; add window: calendar, or take it out',
    ],
    [
      'per: day, requests: 5, each: [user]',
      'each[0]: this list keeps an amount for each user already; take it out',
    ],
    [
      'per: day, requests: 5, each: [client, client]',
      'each[1]: "client" is listed twice; keep one',
    ],
    [
      'per: day, requests: 5, each: [clients]',
      'each[0]: must be one of provider, target, ip, user, client, policy, model, not "clients". Did you mean "client"?',
    ],
    ['per: day, requests: 5, each: []', 'each: needs at least one entry'],
    ['per: day, requests: 5, strict: maybe', 'strict: must be true or false, not "maybe"'],
  ])('{ %s }', (entry, said) => {
    const { problems } = configure(`${demo}limits:\n  user:\n    - { ${entry} }\n`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^waybill\.yaml:5:\d+: error: limits\.user\[0\]/)
    expect(problems[0]).toContain(said.startsWith(':') ? `limits.user[0]${said}` : `.${said}`)
  })
})

describe('lists that cannot be meant are refused', () => {
  it.each([
    [
      'limits: { users: [] }',
      '3:11: error: limits.users: unknown key "users". Did you mean "user"?',
    ],
    [
      'limits:',
      '3:8: error: limits: must be a mapping of global, provider, target, ip, user, client, policy, model, queue, not nothing',
    ],
    ['limits: []', 'limits: must be a mapping of global'],
    [
      'limits: { user: { per: minute, requests: 5 } }',
      'limits.user: must be a list, not a mapping',
    ],
    [
      'limits: { user: [{ per: day, cost: 1 }, { per: day, cost: 2, requests: 5 }] }',
      '3:41: error: limits.user[1]: limits cost per day a second time in this list; keep one',
    ],
    [
      'limits: { user: [{ concurrent: 1 }, { concurrent: 2 }] }',
      'limits.user[1]: limits concurrent a second time in this list; keep one',
    ],
    [
      'limits: { global: [{ per: day, cost: 1, each: [user] }] }',
      'limits.global[0].each: has no place under global; write the entry under limits.user',
    ],
    ['limits: { queue: { maxWait: 5 } }', 'limits.queue.maxWait: must be a duration with its unit'],
    ['limits: { queue: { size: 0 } }', 'limits.queue.size: must be at least 1, not 0'],
    [
      'budget: 5',
      'budget: unknown key "budget"; write limits: { user: [{ per: minute, requests: 100 }] }',
    ],
    [
      'policies: { a: { allow: [], rateLimit: 5 } }',
      'policies.a.rateLimit: unknown key "rateLimit"; write limits: [{ per: minute, requests: 100 }, { per: day, cost: 5.00 }]',
    ],
    [
      'server: { trustedProxies: [10.0.0.0/33] }',
      'server.trustedProxies[0]: must be an IP address or a range of them, such as 10.0.0.1, 10.0.0.0/8, "::1" or fd00::/8, not "10.0.0.0/33"',
    ],
    ['server: { trustedProxies: [proxy.example.com] }', 'must be an IP address or a range'],
    ['server: { trustedProxies: [7] }', 'must be an IP address or a range of them'],
    [
      'server: { rateLimitHeaders: { on: al } }',
      'server.rateLimitHeaders.on: must be one of refused, all, not "al". Did you mean "all"?',
    ],
  ])('%s', (yaml, said) => {
    const { problems } = configure(`${demo}${yaml}\n`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(said)
  })

  it('twice in different places is fine: the more particular list holds', () => {
    const entry = '[{ per: minute, requests: 5 }]'
    const yaml = `limits: { policy: ${entry} }\npolicies: { a: { allow: [], limits: ${entry} } }\n`
    expect(configure(demo + yaml).problems).toEqual([])
  })
})
