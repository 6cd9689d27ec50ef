import { describe, expect, it } from 'vitest'
import { configure } from './configure.ts'

const demo = 'providers:\n  demo: { simulated: {} }\n'

describe('a good document', () => {
  it('gets every default', () => {
    const { settings, problems } = configure(`${demo}models:\n  fast: { targets: [demo/small] }\n`)
    expect(problems).toEqual([])
    expect(settings?.server).toEqual({
      listen: { host: '127.0.0.1', port: 4100 },
      bodyLimit: 32 * 1024 * 1024,
      drainTimeout: 600_000,
      trustedProxies: [],
      rateLimitHeaders: { on: 'refused', ietf: false },
    })
    expect(settings?.store).toEqual({ kind: 'sqlite', path: '.waybill/waybill.db' })
    expect(settings?.models['fast']?.retry).toEqual({
      attempts: 2,
      backoff: 100,
      maxBackoff: 2_000,
    })
    expect(settings?.models['fast']?.timeouts).toEqual({
      connect: 3_000,
      firstToken: 60_000,
      idle: 60_000,
      total: 600_000,
    })
    expect(settings?.providers['demo']?.simulated).toEqual({
      timeToFirstTokenMs: 300,
      tokensPerSecond: 80,
      errorRate: 0,
      seed: 1,
    })
  })

  it.each([
    ['100ms', 100],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('reads the duration %s', (text, milliseconds) => {
    const { settings } = configure(`${demo}server: { drainTimeout: ${text} }`)
    expect(settings?.server.drainTimeout).toBe(milliseconds)
  })

  it.each([
    ['64kb', 65_536],
    ['1.5MB', 1_572_864],
    ['1gb', 1_073_741_824],
  ])('reads the size %s', (text, bytes) => {
    const { settings } = configure(`${demo}server: { bodyLimit: ${text} }`)
    expect(settings?.server.bodyLimit).toBe(bytes)
  })

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    expect(configure(`\ufeff${demo.replaceAll('\n', '\r\n')}`).problems).toEqual([])
  })

  it('may be JSON', () => {
    expect(configure('{"providers":{"demo":{"simulated":{}}}}').problems).toEqual([])
  })

  it('may repeat itself with anchors and aliases', () => {
    const { catalog, problems } = configure(`
providers:
  a: &account { simulated: {} }
  b: *account
`)
    expect(problems).toEqual([])
    expect([...(catalog?.providers.keys() ?? [])]).toEqual(['a', 'b'])
  })
})

/** One wrong document after the other, with the one line a user gets to read. */
describe('what is wrong is said with its place and what would be right', () => {
  it.each([
    [
      'an unknown key',
      'server: { lisen: 127.0.0.1:1 }\nproviders: { demo: { simulated: {} } }',
      'waybill.yaml:1:11: error: server.lisen: unknown key "lisen". Did you mean "listen"?',
    ],
    [
      'an unknown key in the middle of a list',
      `${demo}models:\n  a:\n    targets:\n      - demo/x\n      - target: demo/y\n        wieght: 2\n`,
      'waybill.yaml:8:9: error: models.a.targets[1].wieght: unknown key "wieght". Did you mean "weight"?',
    ],
    [
      'a key that is planned',
      `${demo}cache: {}\n`,
      'waybill.yaml:3:1: error: cache: is not available in this version; take it out',
    ],
    [
      'a key that is planned, inside a policy',
      `${demo}policies: { a: { allow: [], cache: 5 } }\n`,
      'waybill.yaml:3:29: error: policies.a.cache: is not available in this version; take it out',
    ],
    [
      'a misspelled strategy',
      `${demo}models: { a: { targets: [demo/x], strategy: randon } }`,
      'waybill.yaml:3:45: error: models.a.strategy: must be one of failover, round-robin, random, latency, throughput, cost, weighted, capability, least-busy, adaptive, or one of weighted and adaptive with its settings, not "randon". Did you mean "random"?',
    ],
    [
      'a duration without its unit',
      `${demo}server: { drainTimeout: 5 }`,
      'waybill.yaml:3:25: error: server.drainTimeout: must be a duration with its unit, such as 100ms, 3s, 5m or 1h, not 5',
    ],
    [
      'a duration out of range',
      `${demo}models: { a: { targets: [demo/x], timeouts: { connect: 0ms } } }`,
      'waybill.yaml:3:56: error: models.a.timeouts.connect: must lie between 1ms and 24h, not "0ms"',
    ],
    [
      'a size out of range',
      `${demo}server: { bodyLimit: 2gb }`,
      'waybill.yaml:3:22: error: server.bodyLimit: must lie between 1kb and 1gb, not "2gb"',
    ],
    [
      'a number out of range',
      `${demo}models: { a: { targets: [demo/x], retry: { attempts: 0 } } }`,
      'waybill.yaml:3:54: error: models.a.retry.attempts: must be at least 1, not 0',
    ],
    [
      'a weight of nothing',
      `${demo}models: { a: { targets: [{ target: demo/x, weight: 0 }] } }`,
      'waybill.yaml:3:52: error: models.a.targets[0].weight: must be more than 0, not 0',
    ],
    [
      'a weight beyond measure',
      `${demo}models: { a: { targets: [{ target: demo/x, weight: 1000001 }] } }`,
      'waybill.yaml:3:52: error: models.a.targets[0].weight: must be at most 1000000, not 1000001',
    ],
    [
      'a target that is no target',
      `${demo}models: { a: { targets: [gpt-4o] } }`,
      'waybill.yaml:3:26: error: models.a.targets[0]: must be provider/model, or { target: provider/model, weight: <number> }, not "gpt-4o"',
    ],
    [
      'a missing field',
      `${demo}models: { a: { description: x } }`,
      'waybill.yaml:3:11: error: models.a.targets: is missing',
    ],
    [
      'an empty list',
      `${demo}models: { a: { targets: [] } }`,
      'waybill.yaml:3:25: error: models.a.targets: needs at least one entry',
    ],
    [
      'a list where a mapping belongs',
      'providers: [openai]',
      'waybill.yaml:1:12: error: providers: must be a mapping, not a list',
    ],
    [
      'a public name with a slash',
      `${demo}models: { a/b: { targets: [demo/x] } }`,
      'waybill.yaml:3:11: error: models["a/b"]: "a/b" cannot stand here: a public name begins with a letter or digit, and holds only those and . _ - : @ +',
    ],
    [
      'half a price',
      'providers: { demo: { simulated: {}, models: { a: { price: { input: 1 } } } } }',
      'waybill.yaml:1:52: error: providers.demo.models.a.price.output: is missing',
    ],
    [
      'a word for a price',
      'providers: { demo: { simulated: {}, models: { a: { price: cheap } } } }',
      'waybill.yaml:1:59: error: providers.demo.models.a.price: must be free, or { input, output } in dollars per million tokens, not "cheap"',
    ],
    [
      'a misspelled dialect',
      'providers: { x: { dialect: opnai, baseUrl: "http://x/v1" } }',
      'waybill.yaml:1:28: error: providers.x.dialect: must be one of openai, openai-responses, anthropic, gemini, or a list of them, not "opnai". Did you mean "openai"?',
    ],
    [
      'another database',
      `${demo}store: postgres://db/waybill`,
      'waybill.yaml:3:8: error: store: PostgreSQL is not available in this version; use sqlite:<path>',
    ],
    [
      'an address that is none',
      `${demo}server: { listen: 4100 }`,
      'waybill.yaml:3:19: error: server.listen: must be host:port, such as 127.0.0.1:4100, [::1]:4100 or 0.0.0.0:4100, not 4100',
    ],
    [
      'a port that is none',
      `${demo}server: { listen: "127.0.0.1:70000" }`,
      'waybill.yaml:3:19: error: server.listen: must be host:port, such as 127.0.0.1:4100, [::1]:4100 or 0.0.0.0:4100, not "127.0.0.1:70000"',
    ],
  ])('%s', (_, document, line) => {
    expect(configure(document).problems).toEqual([line])
  })

  it('reports everything at once, in the order of the file', () => {
    const { problems } = configure(`
providers:
  demo: { simulated: {}, colour: red }
models:
  a: { targets: [] }
  b: { targets: [demo/x], retry: { attempts: many } }
`)
    expect(problems).toEqual([
      'waybill.yaml:3:26: error: providers.demo.colour: unknown key "colour"; keys here: like, apiKey, apiKeys, enabled, region, dialect, baseUrl, headers, auth, models, strict, sdk, options, simulated, limits',
      'waybill.yaml:5:17: error: models.a.targets: needs at least one entry',
      'waybill.yaml:6:46: error: models.b.retry.attempts: must be a number, not "many"',
    ])
  })
})

describe('YAML that cannot be understood', () => {
  it.each([
    ['a tab', '\tproviders: {}', 'waybill.yaml:1:1: error: a tab cannot indent; use spaces'],
    [
      'an open bracket',
      'providers: { demo: {',
      'waybill.yaml:1:21: error: providers.demo: the indentation does not fit the lines around it, or a closing bracket is missing',
    ],
    [
      'a key written twice',
      `${demo}models:\n  a: { targets: [demo/x] }\n  a: { targets: [demo/y] }\n`,
      'waybill.yaml:5:3: error: models.a: is written twice; keep one of the two',
    ],
    [
      'two documents',
      `${demo}---\n${demo}`,
      'waybill.yaml:3:1: error: the file holds several documents (---); keep one',
    ],
    [
      'an alias of nothing',
      'providers: *none',
      'waybill.yaml:1:12: error: providers: is an alias (*name) of an anchor (&name) that is not set above it',
    ],
    [
      'an alias of itself',
      'providers: &a { b: *a }',
      'waybill.yaml:1:20: error: providers.b: is an alias (*name) of something it stands in',
    ],
    [
      'a strange tag',
      'providers: !secret aGk=',
      'waybill.yaml:1:12: error: providers: has a tag (!name) that means nothing here; take it out',
    ],
    [
      'a key of JavaScript',
      'providers: { __proto__: {} }',
      'waybill.yaml:1:14: error: providers: has a forbidden key',
    ],
    [
      'nothing at all',
      '',
      'waybill.yaml:1:1: error: is empty; name at least one provider, or start without a file',
    ],
    [
      'only a comment',
      '# later\n',
      'waybill.yaml:1:1: error: is empty; name at least one provider, or start without a file',
    ],
    [
      'a text',
      'hello',
      'waybill.yaml:1:1: error: must be a mapping of server, admin, store, state, providers, models, rules, regions, retryBudget, health, policies, clients, limits, not "hello"',
    ],
  ])('%s', (_, document, line) => {
    expect(configure(document).problems).toEqual([line])
  })

  it('an alias bomb', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [before, here] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']) {
      levels.push(`${here}: &${here} [${Array(9).fill(`*${before}`).join(', ')}]`)
    }
    const started = performance.now()
    const { problems } = configure(levels.join('\n'))
    expect(problems).toEqual(['waybill.yaml:1:1: error: uses its aliases (*name) too often'])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it.each([50, 5_000, 200_000])('brackets nested %d deep', (depth) => {
    const { problems } = configure(`providers: ${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('is nested too deeply')
    expect(problems[0]?.length).toBeLessThan(300)
  })

  it('bytes that are not UTF-8', () => {
    expect(configure(Uint8Array.from([0xff, 0xfe, 0x61, 0x00])).problems).toEqual([
      'waybill.yaml:1:1: error: is not UTF-8 text; save it as UTF-8',
    ])
  })

  it('a file too large to be a configuration', () => {
    const { problems } = configure(new Uint8Array(5 * 1024 * 1024).fill(0x20))
    expect(problems).toEqual([
      'waybill.yaml:1:1: error: is 5.0 MB; a configuration may have at most 4 MB',
    ])
  })
})
