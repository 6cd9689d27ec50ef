import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument, stringify } from 'yaml'
import { configure } from './configure.ts'

const environment = {
  OPENAI_API_KEY: 'sk-first-canary-0a1b2c3d4e5f6071',
  K1: 'second-canary-0a1b2c3d4e5f6072',
  K2: 'third-canary-0a1b2c3d4e5f6073',
  REGION: 'fourth-canary-0a1b2c3d4e5f6074',
}
const canaries = Object.values(environment)

const valid = `# everything there is
server: { listen: "127.0.0.1:4100", bodyLimit: 32mb, drainTimeout: 600s, trustedProxies: [10.0.0.0/8], rateLimitHeaders: { on: all, ietf: true } }
state: "redis://:\${K2}@127.0.0.1:6379/1"
store: sqlite:.waybill/waybill.db
providers:
  openai: { apiKey: "\${OPENAI_API_KEY}" }
  anthropic: { apiKey: "\${NOT_SET}", enabled: false }
  east: { like: openai, apiKeys: ["\${K1}", "\${K2}"], region: us-east, strict: true, models: { gpt-4o: {} } }
  ollama: { dialect: openai, baseUrl: "http://127.0.0.1:11434/v1", models: { llama3.2: { price: free } } }
  mine: { dialect: [openai, anthropic], baseUrl: "https://llm.example.com/v1", headers: { x-team: search }, auth: { header: x-key } }
  bedrock: { sdk: "@ai-sdk/amazon-bedrock", options: { region: "\${REGION}", list: [1, true, null] } }
  demo:
    simulated: { timeToFirstTokenMs: 300, tokensPerSecond: 80, errorRate: 0.02, seed: 4 }
    models: { small: { price: { input: 0.1, output: 0.4, cachedInput: 0.01, request: 0.001, image: 0.04, tiers: [{ above: 1000, input: 0.2, output: 0.6 }] }, contextWindow: 8192, maxOutputTokens: 4096, capabilities: { vision: true, tools: false } } }
models:
  fast:
    description: Fast, cost-effective model
    aliases: [quick]
    strategy: round-robin
    targets: [openai/gpt-4o-mini, { target: east/gpt-4o, weight: 30 }]
    fallbacks: [smart]
    retry: { attempts: 3, backoff: 100ms, maxBackoff: 2s }
    timeouts: { connect: 3s, firstToken: 15s, idle: 30s, total: 600s }
  smart: { targets: [anthropic/claude-sonnet-4-5, demo/small] }
policies:
  product-x: { allow: [fast, "openai/*"], limits: [{ per: day, cost: "$5", timeZone: Asia/Tokyo, each: [user] }], queue: { size: 9 } }
limits:
  global: [{ per: minute, requests: 100, burst: 10 }, { concurrent: 8, strict: true }]
  target: [{ per: hour, tokens: 5000, inputTokens: 10, window: calendar }]
  queue: { maxWait: 5s }
clients:
  web: { policy: product-x, key: "sha256:${'0123456789abcdef'.repeat(4)}" }
`

/** What every outcome must be, whatever the document: never a throw, always a place, never a secret. */
function check(content: string | Uint8Array): void {
  const { problems, warnings, catalog } = configure(content, environment)
  expect(catalog === null).toBe(problems.length > 0)
  for (const line of [...problems, ...warnings]) {
    expect(line).toMatch(/^waybill\.yaml:\d+:\d+: (error|warning): \S/)
    for (const canary of canaries) expect(line).not.toContain(canary)
    expect(line.length).toBeLessThan(1_000)
  }
}

type Tree = string | number | boolean | null | Tree[] | { [key: string]: Tree }

const tree: Tree = parseDocument(valid).toJS()

const strangeKey = fc.constantFrom(
  'apiKey',
  'targets',
  'x',
  '',
  '__proto__',
  'constructor',
  'toString',
  '0',
  `\${K1}`,
  'a/b',
  'limits',
  '<<',
)
const strangeValue: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom<Tree>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'x',
    `\${K1}`,
    `\${`,
    'a/b',
    [],
    {},
    'sha256:…',
  ),
  fc.string(),
  fc.double(),
  fc.constantFrom<Tree>(tree, [tree], { a: tree }),
  fc.constantFrom(
    'openai',
    'fast',
    'quick',
    'smart',
    'demo/small',
    'east/gpt-4o',
    '5s',
    '*',
    ':4100',
  ),
)

/** Replaces, removes, renames, doubles or adds one thing somewhere in the tree. */
function mutate(
  node: Tree,
  steps: readonly number[],
  key: string,
  value: Tree,
  kind: number,
): Tree {
  const [step = 0, ...rest] = steps
  if (typeof node !== 'object' || node === null || rest.length === 0) return value
  if (Array.isArray(node)) {
    if (node.length === 0) return [value]
    const index = step % node.length
    if (rest.length > 1)
      return node.with(index, mutate(node[index] ?? null, rest, key, value, kind))
    if (kind === 0) return node.toSpliced(index, 1)
    return kind === 1 ? [...node, node[index] ?? null] : [...node, value]
  }
  const keys = Object.keys(node)
  const chosen = keys[step % Math.max(1, keys.length)]
  if (chosen === undefined) return { [key]: value }
  const { [chosen]: member = null, ...others } = node
  if (rest.length > 1) return { ...node, [chosen]: mutate(member, rest, key, value, kind) }
  if (kind === 0) return others
  return kind === 1 ? { ...others, [key]: member } : { ...node, [key]: value }
}

describe('whatever becomes of a configuration', () => {
  it('it is good to begin with', () => {
    expect(configure(valid, environment).problems).toEqual([])
    check(valid)
  })

  it('a change of its meaning is taken or refused with a place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 7 }),
        strangeKey,
        strangeValue,
        fc.nat(2),
        (steps, key, value, kind) => check(stringify(mutate(tree, steps, key, value, kind))),
      ),
      { numRuns: 200 },
    )
  })

  it('a change of its text is taken or refused with a place', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom(
        '\n',
        '  ',
        '\t',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        ':',
        '- ',
        '&a ',
        '*a',
        '|',
        '>',
        '!x ',
        '---\n',
        '%',
        '#',
        '\0',
        '\u2028',
        '? ',
        '<<: ',
        '\\',
        `\${K1}`,
      ),
    )
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(30), piece, (at, removed, inserted) =>
        check(valid.slice(0, at) + inserted + valid.slice(at + removed)),
      ),
      { numRuns: 200 },
    )
  })

  it('every beginning of it is taken or refused with a place', () => {
    for (let end = 0; end < valid.length; end += 7) check(valid.slice(0, end))
  })

  it('a change of its bytes is taken or refused with a place', () => {
    const bytes = new TextEncoder().encode(valid)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => check(bytes.with(at, byte))),
      { numRuns: 100 },
    )
  })

  it('even nonsense is refused with a place', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), check), { numRuns: 200 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), check), { numRuns: 100 })
    fc.assert(
      fc.property(fc.jsonValue(), (value) => check(stringify(value))),
      { numRuns: 100 },
    )
  })
})
