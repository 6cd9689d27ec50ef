import { describe, expect, it } from 'vitest'
import { catalogOf, configure } from './configure.ts'

const base = `providers:
  openai: { apiKey: "\${OPENAI_API_KEY}", region: US-east }
  anthropic: { apiKey: "\${ANTHROPIC_API_KEY}" }
models:
  fast: { targets: [openai/gpt-4o-mini] }
`

const problemsOf = (yaml: string): readonly string[] => configure(base + yaml).problems
const rulesOf = (yaml: string, policy = 'default') =>
  catalogOf(base + yaml).policies.get(policy)?.rules ?? []

/** One rule with these conditions. */
const when = (conditions: string) => `rules: [{ name: r, prefer: cheapest, when: ${conditions} }]\n`
const conditionsOf = (conditions: string) => rulesOf(when(conditions))[0]?.when

describe('rules', () => {
  it('are those of the policy, then those of the whole configuration', () => {
    const yaml = `rules:
  - name: vision
    when: { vision: true }
    prefer: [{ target: anthropic/claude-sonnet-4-5, weight: 40 }, { target: openai/gpt-5, weight: 60 }]
  - budget
policies:
  p: { allow: ["*"], rules: [vision, { name: own, prefer: [openai/gpt-5, "anthropic/*"] }] }
`
    const own = rulesOf(yaml, 'p')
    expect(own.map(({ name }) => name)).toEqual(['vision', 'own', 'vision', 'budget'])
    expect(own[0]).toMatchObject({
      when: { needs: [{ need: 'vision', is: true }] },
      prefer: {
        by: 'list',
        drawn: true,
        list: [
          { target: { name: 'anthropic/claude-sonnet-4-5' }, weight: 40 },
          { target: { name: 'openai/gpt-5' }, weight: 60 },
        ],
      },
    })
    expect(own[1]?.prefer).toMatchObject({
      by: 'list',
      drawn: false,
      list: [{ target: { name: 'openai/gpt-5' } }, { pattern: 'anthropic/*', target: null }],
    })
    expect(rulesOf(yaml).map(({ name }) => name)).toEqual(['vision', 'budget'])
  })

  it('of a predefined name take its place, also for requests that ask for it', () => {
    const yaml = 'rules: [{ name: budget, prefer: [openai/gpt-4o-mini] }]\n'
    const { namedRules } = catalogOf(base + yaml)
    expect(namedRules?.get('budget')?.prefer).toMatchObject({ by: 'list' })
    expect([...(namedRules?.keys() ?? [])]).toEqual([
      'budget',
      'quality',
      'vision',
      'fast',
      'region',
    ])
  })

  it('hold nothing unless they are written', () => {
    expect(rulesOf('')).toEqual([])
  })

  it('name conditions as people write them', () => {
    expect(conditionsOf('{ maxTokens: 500, contextTokens: 50000 }')).toMatchObject({
      maxTokens: { atLeast: 0, atMost: 500 },
      contextTokens: { atLeast: 50_000, atMost: Number.MAX_SAFE_INTEGER },
    })
    expect(conditionsOf('{ contextTokens: { atMost: 900 }, json: false }')).toMatchObject({
      contextTokens: { atLeast: 0, atMost: 900 },
      needs: [{ need: 'json', is: false }],
    })
    expect(conditionsOf('{ maxCost: 0.02, maxLatency: 1500ms }')).toMatchObject({
      maxCostNanoUsd: 20_000_000,
      maxLatencyMs: 1_500,
    })
    expect(conditionsOf('{ user: [a, "b*"], model: fast, region: EU-west }')).toMatchObject({
      users: ['a', 'b*'],
      models: ['fast'],
      regions: ['eu-west'],
    })
  })

  it('take metadata inside or beside the other conditions, as texts', () => {
    const flat = conditionsOf('{ metadata.tier: gold, metadata.beta: true }')
    expect(flat?.metadata).toEqual([
      { name: 'tier', values: ['gold'] },
      { name: 'beta', values: ['true'] },
    ])
    const both = conditionsOf('{ metadata: { tier: [gold, 7] }, metadata.beta: true }')
    expect(both?.metadata).toEqual([
      { name: 'tier', values: ['gold', '7'] },
      { name: 'beta', values: ['true'] },
    ])
  })

  it('take a part of the week', () => {
    const window = conditionsOf(
      '{ time: { days: [sat, sun], from: "22:30", zone: Europe/Berlin } }',
    )
    expect(window?.time).toMatchObject({
      days: [true, false, false, false, false, false, true],
      fromMinute: 1_350,
      toMinute: 1_440,
    })
  })

  it.each([
    ['rules: [vison]', 'rules[0]: "vison" is no rule. Did you mean "vision"?'],
    [
      'rules: [{ name: a }]',
      'rules[0]: prefers nothing: add prefer, or a ceiling (maxCost or maxLatency) to when',
    ],
    [
      'rules: [{ name: a, prefer: cheap }]',
      'rules[0].prefer: must be a list of targets, or one of cheapest, fastest, best, capable, nearest, not "cheap". Did you mean "cheapest"?',
    ],
    [
      'rules: [{ name: a, prefer: [opneai/gpt-5] }]',
      'rules[0].prefer[0]: "opneai/gpt-5" is at provider "opneai", which is not configured. Did you mean "openai/gpt-5"?',
    ],
    [
      'rules: [{ name: a, prefer: ["opneai/*"] }]',
      'rules[0].prefer[0]: "opneai/*" is at provider "opneai", which is not configured. Did you mean "openai/*"?',
    ],
    [
      'rules: [{ name: a, prefer: [openai/x, openai/x] }]',
      'rules[0].prefer[1]: "openai/x" is listed twice; keep one',
    ],
    [
      'rules: [{ name: a, prefer: [{ target: openai/x, weight: 0 }] }]',
      'rules[0].prefer[0].weight: must be more than 0, not 0',
    ],
    ['rules: [budget, budget]', 'rules[1]: "budget" is listed twice; keep one'],
    [
      when('{ visoin: true }'),
      'rules[0].when.visoin: unknown key "visoin". Did you mean "vision"?',
    ],
    [
      when('{ contextTokens: { atLeast: 5, atMost: 2 } }'),
      'rules[0].when.contextTokens: matches nothing: atLeast 5 is more than atMost 2',
    ],
    [when('{ maxTokens: {} }'), 'rules[0].when.maxTokens: needs atLeast, atMost or both'],
    [
      when('{ time: { zone: Mars } }'),
      'rules[0].when.time.zone: "Mars" is no time zone; use an IANA name such as Europe/Berlin',
    ],
    [
      when('{ time: { from: "9:00" } }'),
      'rules[0].when.time.from: must be a time of day, such as "09:00"; quoted, and at most "24:00", not "9:00"',
    ],
    [
      when('{ metadata.tier: { a: 1 } }'),
      'rules[0].when.metadata.tier: must be a text, a number, true or false, or a list of these',
    ],
    [
      'policies: { p: { allow: [], rules: [fsat] } }',
      'policies.p.rules[0]: "fsat" is no rule. Did you mean "fast"?',
    ],
  ])('%s is refused', (yaml, problem) => {
    expect(problemsOf(`${yaml}\n`)).toEqual([expect.stringMatching(/^waybill.yaml:6:\d+: error: /)])
    expect(problemsOf(`${yaml}\n`)[0]?.replace(/^.*: error: /, '')).toBe(problem)
  })

  it('warn of clients that do not exist and of targets that are never asked', () => {
    const yaml = `${base.replace('anthropic: {', 'anthropic: { enabled: false,')}rules:
  - { name: a, when: { client: [web, local, "w*"] }, prefer: [anthropic/claude-haiku-4-5] }
`
    expect(configure(yaml)).toMatchObject({
      problems: [],
      warnings: [
        'waybill.yaml:7:32: warning: rules[0].when.client: "web" is no client.',
        'waybill.yaml:7:63: warning: rules[0].prefer[0]: "anthropic/claude-haiku-4-5" is never preferred, because anthropic is disabled',
      ],
    })
  })
})

describe('regions', () => {
  it('are compared in lower case', () => {
    const { regions } = catalogOf(
      `${base}regions: { header: CF-IPCountry, names: { DE: EU-central }, near: { EU-central: [US-East] } }\n`,
    )
    expect(regions?.header).toBe('cf-ipcountry')
    expect([...(regions?.names ?? [])]).toEqual([['de', 'eu-central']])
    expect([...(regions?.near ?? [])]).toEqual([['eu-central', ['us-east']]])
  })

  it('warn of one that no provider is in', () => {
    const { warnings } = configure(`${base}regions: { near: { eu: [us-esat] } }\n`)
    expect(warnings).toEqual([
      'waybill.yaml:6:25: warning: regions.near.eu[0]: "us-esat" is the region of no provider. Did you mean "us-east"?',
    ])
  })
})
