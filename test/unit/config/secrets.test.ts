import { describe, expect, it } from 'vitest'
import { configure } from './configure.ts'

const canary = 'sk-canary-0123456789abcdef'

function keysOf(document: string, env: Record<string, string>): string[] {
  const { catalog, problems } = configure(document, env)
  expect(problems).toEqual([])
  return [...(catalog?.providers.values() ?? [])].flatMap((provider) =>
    provider.apiKeys.map((key) => key.reveal()),
  )
}

describe('secrets from the environment', () => {
  it('stand in apiKey, apiKeys and options', () => {
    const env = { A: 'key-a', B: 'key-b', C: 'key-c' }
    expect(
      keysOf(
        `providers: { openai: { apiKey: "\${A}" }, b: { like: openai, apiKeys: ["\${B}", "x-\${C}"] } }`,
        env,
      ),
    ).toEqual(['key-a', 'key-b', 'x-key-c'])
    const { catalog } = configure(
      `providers: { bedrock: { options: { region: us-east-1, deep: { secret: "\${A}", list: ["\${B}"] } } } }`,
      env,
    )
    expect(catalog?.providers.get('bedrock')?.reach).toEqual({
      kind: 'sdk',
      sdk: '@ai-sdk/amazon-bedrock',
      options: { region: 'us-east-1', deep: { secret: 'key-a', list: ['key-b'] } },
    })
  })

  it('lose the blanks and line breaks around them', () => {
    expect(keysOf(`providers: { openai: { apiKey: "\${A}" } }`, { A: ' key-a\n' })).toEqual([
      'key-a',
    ])
  })

  it('are not missed where the provider is disabled', () => {
    const { problems } = configure(
      `providers: { demo: { simulated: {} }, openai: { enabled: false, apiKey: "\${NONE}" } }`,
      {},
    )
    expect(problems).toEqual([])
  })

  it('may look like a variable themselves', () => {
    expect(keysOf(`providers: { openai: { apiKey: "\${A}" } }`, { A: `a\${B}c` })).toEqual([
      `a\${B}c`,
    ])
  })

  it.each([
    ['unset', `\${NONE}`, 'needs the environment variable NONE, which is not set'],
    ['empty', `\${EMPTY}`, 'needs the environment variable EMPTY, which is empty'],
    [
      'of a name that is none',
      `\${A-B}`,
      `names no variable: write \${NAME}, with letters, digits and _ only`,
    ],
    [
      'of the prototype',
      `\${toString}`,
      'needs the environment variable toString, which is not set',
    ],
    ['not closed', `\${A`, `begins a variable with \${ and does not close it; write \${NAME}`],
    [
      'too short',
      `\${SHORT}`,
      'is too short to be a key; leave the field out when the provider needs none',
    ],
    [
      'a sample',
      'sk-...',
      `is a sample, not a key; write the key the provider gave you, or \${NAME}`,
    ],
    [
      'broken over lines',
      `\${LINES}`,
      'holds blanks, line breaks or letters beyond ASCII, which no key does',
    ],
  ])('%s: refused', (_, text, message) => {
    const env = { EMPTY: ' ', SHORT: 'ab', LINES: 'first\r\nsecond', A: canary }
    expect(configure(`providers: { openai: { apiKey: "${text}" } }`, env).problems).toEqual([
      `waybill.yaml:1:32: error: providers.openai.apiKey: ${message}`,
    ])
  })

  it('are refused twice over: apiKey beside apiKeys', () => {
    const { problems } = configure('providers: { openai: { apiKey: abcdef, apiKeys: [abcdef] } }')
    expect(problems).toEqual([
      'waybill.yaml:1:40: error: providers.openai.apiKeys: cannot stand beside apiKey; keep one of the two',
    ])
  })

  it('of a client are its hash, never the key', () => {
    const { problems } = configure(`
providers: { demo: { simulated: {} } }
clients:
  sample: { key: "sha256:…" }
  plain: { key: wb-secret-key-of-a-client }
  empty: { key: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
`)
    expect(problems).toEqual([
      'waybill.yaml:4:18: error: clients.sample.key: is the sample of the documentation: it must be sha256: and the SHA-256 of the key in hex, 64 digits; never the key itself',
      'waybill.yaml:5:17: error: clients.plain.key: must be sha256: and the SHA-256 of the key in hex, 64 digits; never the key itself',
      'waybill.yaml:6:17: error: clients.empty.key: is the hash of an empty key; hash the key itself',
    ])
  })
})

describe('variables anywhere else', () => {
  it.each([
    [
      `providers: { x: { dialect: openai, baseUrl: "https://\${HOST}/v1" } }`,
      'providers.x.baseUrl',
    ],
    [`providers: { openai: { apiKey: abcdef, region: "\${R}" } }`, 'providers.openai.region'],
    [
      `providers: { openai: { apiKey: abcdef, headers: { a: "\${H}" } } }`,
      'providers.openai.headers.a',
    ],
    [`providers: { demo: { simulated: {} } }\nstore: "sqlite:\${DIR}/x.db"`, 'store'],
    [`providers: { demo: { simulated: {} } }\nclients: { a: { key: "\${KEY}" } }`, 'clients.a.key'],
  ])('are refused: %s', (document, path) => {
    const { problems } = configure(document, { HOST: canary, R: canary, H: canary, KEY: canary })
    expect(problems.some((line) => line.includes(`${path}: expands no \${…}`))).toBe(true)
    expect(problems.join()).not.toContain(canary)
  })
})

describe('no secret is ever repeated', () => {
  const literal = 'sk-live-9f8e7d6c5b4a39281706'

  it.each([
    `providers: { openai: ${literal} }`,
    `providers: { openai: { apiKey: { is: ${literal} } } }`,
    `providers: { openai: { apiKeys: ${literal} } }`,
    `providers: { openai: { apikey: ${literal} } }`,
    `providers: { openai: { ${literal}: 1 } }`,
    `providers: { ${literal}: 1 }`,
    `providers: { openai: { apiKey: abcdef, like: ${literal} } }`,
    `providers: { openai: { apiKey: abcdef, baseUrl: ${literal} } }`,
    `providers: { openai: { apiKey: abcdef, baseUrl: "https://user:${literal}@host/v1" } }`,
    `providers: { openai: { apiKey: abcdef, headers: ${literal} } }`,
    `providers: { openai: { apiKey: abcdef, region: 'a ${literal}' } }`,
    `providers: { openai: { apiKey: abcdef, dialect: ${literal} } }`,
    `providers: { openai: { apiKey: abcdef, enabled: ${literal} } }`,
    `providers: { openai: { apiKey: abcdef, sdk: X${literal} } }`,
    `providers: { openai: { apiKey: "${literal}\\q" } }`,
    `providers: { openai: { apiKey: "${literal} } }`,
    `providers: { openai: { apiKey: "${literal} with blanks" } }`,
    `providers: { openai: { apiKey: ${literal}, apiKey: ${literal} } }`,
    `providers: { demo: { simulated: {} } }\nclients: { web: ${literal} }`,
    `providers: { demo: { simulated: {} } }\nclients: { web: { key: ${literal} } }`,
    `providers: { demo: { simulated: {} } }\nstore: ${literal}`,
    `providers: { demo: { simulated: {} } }\n${literal}`,
    `${literal}`,
    `providers: { demo: { simulated: {} } }\nmodels: { a: { targets: [${literal}] } }`,
  ])('%s', (document) => {
    const { problems, warnings } = configure(document)
    expect(problems.length).toBeGreaterThan(0)
    expect([...problems, ...warnings].join('\n')).not.toContain(literal)
  })

  it('a compiled catalog does not print its keys', () => {
    const { catalog } = configure(`providers: { openai: { apiKey: ${literal} } }`)
    const provider = catalog?.providers.get('openai')
    expect(provider?.apiKeys[0]?.reveal()).toBe(literal)
    expect(JSON.stringify(provider)).not.toContain(literal)
    expect(String(provider?.apiKeys[0])).not.toContain(literal)
  })
})
