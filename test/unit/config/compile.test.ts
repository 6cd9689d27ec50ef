import { describe, expect, it } from 'vitest'
import { catalogOf, configure } from './configure.ts'

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`

describe('providers', () => {
  it('known ids need only a key', () => {
    const provider = catalogOf(
      `providers: { openai: { apiKey: "\${OPENAI_API_KEY}" } }`,
    ).providers.get('openai')
    expect(provider).toMatchObject({
      id: 'openai',
      knownAs: 'openai',
      enabled: true,
      region: null,
      strict: false,
      quirks: { maxTokensField: 'max_completion_tokens' },
    })
    expect(provider?.reach).toEqual({
      kind: 'http',
      addresses: new Map([
        ['openai', { origin: 'https://api.openai.com', basePath: '/v1' }],
        ['openai-responses', { origin: 'https://api.openai.com', basePath: '/v1' }],
      ]),
      auth: { kind: 'bearer' },
      headers: {},
      query: {},
    })
  })

  it('`like` shares what is known, prices included', () => {
    const catalog = catalogOf(`
providers: { east: { like: anthropic, apiKeys: [first-key, second-key], region: us-east } }
models: { a: { targets: [east/claude-sonnet-4-5] } }
`)
    const east = catalog.providers.get('east')
    expect(east).toMatchObject({ id: 'east', knownAs: 'anthropic', region: 'us-east' })
    expect(east?.apiKeys.map((key) => key.reveal())).toEqual(['first-key', 'second-key'])
    expect(east?.reach).toMatchObject({
      auth: { kind: 'header', name: 'x-api-key' },
      headers: { 'anthropic-version': '2023-06-01' },
    })
    expect(catalog.targets.get('east/claude-sonnet-4-5')?.price?.inputNanoUsd).toBe(150)
  })

  it('dialect and baseUrl make one of your own', () => {
    const catalog = catalogOf(`
providers:
  mine:
    dialect: [openai, anthropic]
    baseUrl: http://10.0.0.1:8080/llm/v1/?api-version=preview
    headers: { X-Team: search }
    auth: { header: X-Key }
    apiKey: any-key
`)
    expect(catalog.providers.get('mine')?.reach).toEqual({
      kind: 'http',
      addresses: new Map([
        ['openai', { origin: 'http://10.0.0.1:8080', basePath: '/llm/v1' }],
        ['anthropic', { origin: 'http://10.0.0.1:8080', basePath: '/llm/v1' }],
      ]),
      auth: { kind: 'header', name: 'x-key' },
      headers: { 'x-team': 'search' },
      query: { 'api-version': 'preview' },
    })
  })

  it('a baseUrl of a known provider moves the dialects that share its address', () => {
    const at = (document: string): string[] => {
      const reach = catalogOf(document).providers.get('google')?.reach
      return reach?.kind === 'http'
        ? [...reach.addresses].map(
            ([dialect, { origin, basePath }]) => `${dialect} ${origin}${basePath}`,
          )
        : []
    }
    expect(at('providers: { google: { apiKey: abcdef } }')).toEqual([
      'gemini https://generativelanguage.googleapis.com/v1beta',
      'openai https://generativelanguage.googleapis.com/v1beta/openai',
    ])
    expect(at('providers: { google: { baseUrl: "http://proxy/v1beta" } }')).toEqual([
      'gemini http://proxy/v1beta',
    ])
    expect(at('providers: { google: { apiKey: abcdef, dialect: openai } }')).toEqual([
      'openai https://generativelanguage.googleapis.com/v1beta/openai',
    ])
  })

  it('local ones need no key, and may speak more than is known of them', () => {
    const reach = catalogOf(
      'providers: { ollama: { dialect: [openai, anthropic] } }',
    ).providers.get('ollama')?.reach
    expect(reach?.kind === 'http' && [...reach.addresses.keys()]).toEqual(['openai', 'anthropic'])
  })

  it('simulated ones speak every dialect', () => {
    const reach = catalogOf('providers: { demo: { simulated: { seed: 7 } } }').providers.get(
      'demo',
    )?.reach
    expect(reach?.kind === 'simulated' && reach.simulation.seed).toBe(7)
    expect(reach?.kind === 'simulated' && [...reach.addresses.keys()]).toEqual([
      'openai',
      'openai-responses',
      'anthropic',
      'gemini',
    ])
  })

  it.each([
    [
      '{ opnai: { apiKey: abcdef } }',
      'providers.opnai: "opnai" is no provider Waybill knows. Did you mean "openai"? For one of your own, give dialect and baseUrl, or like.',
    ],
    [
      '{ gemini: { apiKey: abcdef } }',
      'providers.gemini: "gemini" is no provider Waybill knows. Did you mean "google"? For one of your own, give dialect and baseUrl, or like.',
    ],
    [
      '{ x: { like: antropic, apiKey: abcdef } }',
      'providers.x.like: "antropic" is no provider Waybill knows. Did you mean "anthropic"?',
    ],
    ['{ openai: {} }', `providers.openai: needs a key: apiKey: "\${OPENAI_API_KEY}"`],
    [
      '{ azure: { apiKey: abcdef } }',
      'providers.azure: needs a baseUrl, such as https://<name>.openai.azure.com/openai/v1',
    ],
    [
      '{ x: { baseUrl: "http://x/v1" } }',
      'providers.x: says where it is but not what it speaks; add dialect: openai, or another',
    ],
    [
      '{ x: { dialect: openai, baseUrl: "x/v1" } }',
      'providers.x.baseUrl: must be an address with its scheme, such as https://api.example.com/v1',
    ],
    [
      '{ x: { dialect: openai, baseUrl: "ftp://x/v1" } }',
      'providers.x.baseUrl: must begin with https:// or http://',
    ],
    [
      '{ x: { dialect: openai, baseUrl: "http://x/v1/chat/completions" } }',
      'providers.x.baseUrl: ends in /chat/completions, which Waybill adds itself; leave it off',
    ],
    [
      '{ x: { dialect: openai, baseUrl: "http://a:b@x/v1" } }',
      'providers.x.baseUrl: holds a user name or password; put the key into apiKey',
    ],
    [
      '{ demo: { simulated: {}, sdk: some-package } }',
      'providers.demo.sdk: cannot stand beside simulated, which calls nobody',
    ],
    [
      '{ demo: { simulated: {}, apiKey: abcdef } }',
      'providers.demo.simulated: needs no key; take apiKey out',
    ],
    [
      '{ x: { sdk: some-package, baseUrl: "http://x" } }',
      'providers.x.baseUrl: cannot stand beside sdk; put what the package needs into options',
    ],
    [
      '{ openai: { apiKey: abcdef, options: {} } }',
      'providers.openai.options: are for AI SDK packages; add sdk, or take them out',
    ],
    [
      '{ waybill: { like: openai, apiKey: abcdef } }',
      'providers.waybill: is a reserved name; choose another',
    ],
    ['{}', 'providers: names no provider; name at least one'],
  ])('%s is refused', (providers, message) => {
    const { problems } = configure(`providers: ${providers}`)
    expect(problems.map((line) => line.replace(/^waybill.yaml:\d+:\d+: error: /, ''))).toEqual([
      message,
    ])
  })

  it.each([
    '@ai-sdk/amazon-bedrock',
    'ollama-ai-provider-v2',
    '@ai-sdk/google-vertex/anthropic',
    'some-package#createThis',
    '@ai-sdk/google-vertex/anthropic/edge#createVertexAnthropic',
  ])('may be reached through the package %s', (sdk) => {
    expect(configure(`providers: { x: { sdk: "${sdk}" } }`).problems).toEqual([])
  })

  it.each([
    '../package',
    '/package',
    'package/../other',
    'package/',
    'package#makeThis',
    '#createX',
    'Package',
  ])('may not be reached through %s', (sdk) => {
    expect(configure(`providers: { x: { sdk: "${sdk}" } }`).problems).toEqual([
      expect.stringContaining('must be the name of an AI SDK provider package'),
    ])
  })
})

describe('prices', () => {
  it('are what the configuration says, in nano-dollars, else what is known, else unknown', () => {
    const { targets } = catalogOf(`
providers:
  openai:
    apiKey: abcdef
    models:
      own: { price: { input: 0.07, output: 1.1, cachedInput: 0.01, cacheWrite: 0.0028, request: 0.005 }, contextWindow: 8192 }
      plain: { price: { input: 1, output: 2 } }
      nothing: { price: free }
      gpt-4o: {}
      odd: {}
`)
    expect(targets.get('openai/own')).toMatchObject({
      capabilities: { contextWindow: 8_192 },
      price: {
        inputNanoUsd: 70,
        outputNanoUsd: 1_100,
        cachedInputNanoUsd: 10,
        cacheWriteNanoUsd: 2.8,
        requestNanoUsd: 5_000_000,
      },
    })
    expect(targets.get('openai/plain')?.price).toMatchObject({
      cachedInputNanoUsd: 1_000,
      cacheWriteNanoUsd: 1_000,
      requestNanoUsd: 0,
    })
    expect(targets.get('openai/nothing')?.price?.inputNanoUsd).toBe(0)
    expect(targets.get('openai/gpt-4o')).toMatchObject({
      capabilities: { contextWindow: 128_000 },
      price: { inputNanoUsd: 150 },
    })
    expect(targets.get('openai/odd')).toMatchObject({ capabilities: { tools: null }, price: null })
  })
})

describe('public names', () => {
  const providers = `
providers:
  openai: { apiKey: abcdef }
  anthropic: { enabled: false }
  tight: { like: openai, apiKey: abcdef, strict: true, models: { gpt-4o: {} } }
  other: { dialect: openai, baseUrl: "http://other/v1" }
`
  it.each([
    ['failover', true],
    ['round-robin', true],
    ['random', false],
  ])('a weight under %s is warned of: %s', (strategy, warned) => {
    const { warnings } = configure(`${providers}
models:
  a:
    strategy: ${strategy}
    targets: [{ target: openai/gpt-4o, weight: 1 }, { target: tight/gpt-4o, weight: 3 }]
`)
    const about = warnings.filter((warning) => warning.includes('weight'))
    const message = `has no effect with strategy ${strategy}; use strategy: random`
    const place = 'warning: models.a.targets[1].weight'
    expect(about).toEqual(warned ? [expect.stringContaining(`${place}: ${message}`)] : [])
  })

  it('and their synonyms lead to one alias', () => {
    const { aliases } = catalogOf(`${providers}
models:
  fast:
    description: Fast
    aliases: [quick]
    strategy: round-robin
    targets: [openai/gpt-4o-mini, { target: tight/gpt-4o, weight: 30 }]
    fallbacks: [wise]
    retry: { attempts: 3, backoff: 0ms, maxBackoff: 1s }
    timeouts: { firstToken: 15s }
  smart: { targets: [openai/gpt-5], aliases: [wise] }
`)
    const fast = aliases.get('fast')
    expect(aliases.get('quick')).toBe(fast)
    expect(fast).toMatchObject({
      name: 'fast',
      description: 'Fast',
      synonyms: ['quick'],
      strategy: { name: 'round-robin' },
      fallbacks: ['smart'],
      retry: { attempts: 3, backoffMs: 0, maxBackoffMs: 1_000 },
      timeouts: { connectMs: 3_000, firstTokenMs: 15_000, idleMs: 60_000, totalMs: 600_000 },
    })
    expect(fast?.targets.map(({ target, weight }) => [target.name, weight])).toEqual([
      ['openai/gpt-4o-mini', 1],
      ['tight/gpt-4o', 30],
    ])
  })

  it.each([
    [
      '{ a: { targets: [opena/gpt-4o] } }',
      [
        'models.a.targets[0]: "opena/gpt-4o" is at provider "opena", which is not configured. Did you mean "openai/gpt-4o"?',
      ],
    ],
    [
      '{ a: { targets: [constructor/x] } }',
      [
        'models.a.targets[0]: "constructor/x" is at provider "constructor", which is not configured.',
      ],
    ],
    [
      '{ a: { targets: [tight/gpt-4] } }',
      [
        'models.a.targets[0]: "tight/gpt-4" is not among the models of tight, which is strict. Did you mean "tight/gpt-4o"?',
      ],
    ],
    [
      '{ a: { targets: [openai/x, openai/x] } }',
      ['models.a.targets[1]: "openai/x" is listed twice; keep one'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], aliases: [b] }, b: { targets: [openai/gpt-4o] } }',
      ['models.a.aliases[0]: "b" is a public name of its own already'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], aliases: [c] }, b: { targets: [openai/gpt-4o], aliases: [c] } }',
      ['models.b.aliases[0]: "c" is a synonym of "a" already'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], aliases: [a] } }',
      ['models.a.aliases[0]: "a" is a public name of its own already'],
    ],
    [
      '{ fast: { targets: [openai/gpt-4o], fallbacks: [fst] } }',
      ['models.fast.fallbacks[0]: "fst" is no public name. Did you mean "fast"?'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], fallbacks: [openai/gpt-5] } }',
      [
        'models.a.fallbacks[0]: "openai/gpt-5" is no public name. Fallbacks are public names; put models under targets.',
      ],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], fallbacks: [a] } }',
      ['models.a.fallbacks[0]: goes round in a circle: a → a; take one of them out'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], fallbacks: [b] }, b: { targets: [openai/gpt-4o], fallbacks: [see] }, c: { targets: [openai/gpt-4o], aliases: [see], fallbacks: [a] } }',
      ['models.c.fallbacks[0]: goes round in a circle: a → b → c → a; take one of them out'],
    ],
    [
      '{ a: { targets: [openai/gpt-4o], retry: { backoff: 5s } } }',
      ['models.a.retry.maxBackoff: must be at least the backoff of 5s, not 2s'],
    ],
  ])('%s is refused', (models, messages) => {
    const { problems } = configure(`${providers}models: ${models}`)
    expect(problems.map((line) => line.replace(/^waybill.yaml:\d+:\d+: error: /, ''))).toEqual(
      messages,
    )
  })

  it('two ways to one fallback are no circle', () => {
    const { problems } = configure(`${providers}models:
  a: { targets: [openai/gpt-4o], fallbacks: [b, c] }
  b: { targets: [openai/gpt-4o], fallbacks: [d] }
  c: { targets: [openai/gpt-4o], fallbacks: [d] }
  d: { targets: [openai/gpt-4o] }
`)
    expect(problems).toEqual([])
  })

  it('warn of what will not work as it looks', () => {
    const { problems, warnings } = configure(`${providers}models:
  a: { targets: [anthropic/claude-sonnet-4-5, other/llama, openai/gpt-4o] }
  b: { targets: [other/llama] }
`)
    expect(problems).toEqual([])
    expect(warnings).toEqual([
      'waybill.yaml:8:18: warning: models.a.targets[0]: "anthropic/claude-sonnet-4-5" is never asked, because anthropic is disabled',
      'waybill.yaml:8:47: warning: models.a.targets[1]: no price is known for other/llama, so its cost is not either; give it one under providers.other.models',
    ])
  })

  it('warn when no provider is left', () => {
    expect(configure('providers: { openai: { enabled: false } }').warnings).toEqual([
      'waybill.yaml:1:1: warning: providers: are all disabled, so every request will be refused',
    ])
  })
})

describe('policies and clients', () => {
  const providers =
    'providers: { openai: { apiKey: abcdef } }\nmodels: { fast: { targets: [openai/gpt-4o] } }\n'

  it('meet by name and by the hash of a key', () => {
    const catalog = catalogOf(`${providers}
policies: { product-x: { allow: [fast, "openai/*"] } }
clients: { web: { policy: product-x, key: "${hash('A')}" }, batch: { key: "${hash('b')}" } }
`)
    expect(catalog.clientsByKeyHash.get('a'.repeat(64))).toEqual({
      name: 'web',
      policy: { name: 'product-x', allow: ['fast', 'openai/*'], rules: [] },
    })
    expect(catalog.clients.get('batch')?.policy).toBe(catalog.policies.get('default'))
    expect(catalog.policies.get('default')?.allow).toEqual(['*'])
  })

  it('a default of your own takes the place of the one that allows everything', () => {
    const catalog = catalogOf(`${providers}policies: { default: { allow: [fast] } }`)
    expect(catalog.policies.get('default')?.allow).toEqual(['fast'])
  })

  it('unknown policies and shared keys are refused', () => {
    const { problems } = configure(`${providers}
policies: { product: { allow: ["*"] } }
clients:
  a: { policy: prodcut, key: "${hash('a')}" }
  b: { key: "${hash('b')}" }
  c: { key: "${hash('B')}" }
`)
    expect(problems).toEqual([
      'waybill.yaml:6:16: error: clients.a.policy: "prodcut" is no policy. Did you mean "product"?',
      'waybill.yaml:8:13: error: clients.c.key: is the key of client "b" too; every client needs its own',
    ])
  })

  it('warn of a pattern that allows nothing', () => {
    const { warnings } = configure(`${providers}policies:
  p: { allow: [fats, "openia/*", "openai/*", gpt-5, "gpt-*", "*", "claude-*"] }
`)
    expect(warnings).toEqual([
      'waybill.yaml:4:16: warning: policies.p.allow[0]: "fats" allows nothing that is configured. Did you mean "fast"?',
      'waybill.yaml:4:22: warning: policies.p.allow[1]: "openia/*" allows nothing that is configured. Did you mean "openai"?',
      'waybill.yaml:4:67: warning: policies.p.allow[6]: "claude-*" allows nothing that is configured.',
    ])
  })
})

describe('listening beyond this machine', () => {
  const demo = 'providers: { demo: { simulated: {} } }\n'

  it.each([
    '0.0.0.0:4100',
    ':4100',
    '192.168.1.2:80',
    '[::]:4100',
    'gateway.local:4100',
    '128.0.0.1:1',
  ])('%s needs clients with keys', (listen) => {
    const document = `${demo}server: { listen: "${listen}" }\n`
    expect(configure(document).problems.join()).toContain('can be reached from other machines')
    expect(configure(`${document}clients: { a: { key: "${hash('a')}" } }`).problems).toEqual([])
  })

  it.each(['127.0.0.1:0', '127.8.9.1:4100', 'localhost:4100', '[::1]:4100'])(
    '%s does not',
    (listen) => {
      expect(configure(`${demo}server: { listen: "${listen}" }`).problems).toEqual([])
    },
  )
})

describe('a catalog', () => {
  it('cannot be changed', () => {
    const catalog = catalogOf(`
providers: { openai: { apiKey: abcdef, headers: { a: b } }, bedrock: { options: { deep: { list: [1] } } } }
models: { fast: { targets: [openai/gpt-4o] } }
clients: { web: { key: "${hash('a')}" } }
`)
    const { providers, targets, aliases, policies, clients, clientsByKeyHash } = catalog
    for (const map of [providers, targets, aliases, policies, clients, clientsByKeyHash]) {
      expect(() => Reflect.get(map, 'set').call(map, 'x', 1)).toThrow(/frozen/)
      expect(() => Reflect.get(map, 'clear').call(map)).toThrow(/frozen/)
    }
    const thaw: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      if (path.endsWith('.facts') || path.includes('apiKeys.')) return
      if (!Object.isFrozen(value)) thaw.push(path)
      if (path.split('.').length > 9) return
      const members = value instanceof Map ? [...value] : Object.entries(value)
      for (const [key, member] of members) visit(member, `${path}.${key}`)
    }
    visit(catalog, 'catalog')
    expect(thaw).toEqual([])
  })
})
