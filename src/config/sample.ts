import { findKnownProvider, knownProviders } from '../providers/index.ts'
import type { KnownProvider } from '../providers/known-provider.ts'
import { variableOf } from './environment-address.ts'
import type { Environment, ProviderSettings } from './settings.ts'
import { type FoundProvider, zeroConfiguration } from './zero.ts'

export interface SampleConfiguration {
  readonly text: string
  readonly found: readonly FoundProvider[]
  readonly notes: readonly string[]
}

/**
 * A commented configuration file for what the environment has keys for; it names variables, no
 * values.
 */
export function sampleConfiguration(environment: Environment): SampleConfiguration {
  const { settings, found, notes } = zeroConfiguration(environment)
  const lines = found.map(({ provider, variables }) => {
    const known = findKnownProvider(provider)
    const one = settings.providers[provider]
    return known === null || one === undefined ? '' : providerLine(known, one, variables[0])
  })
  const also = knownProviders.filter((known) => isAlsoPossible(known, environment))
  const text = [
    ...head,
    'providers:',
    ...(found.length === 0 ? simulated : lines),
    ...also.map((known) => `  # ${known.id}: ${body(known)}   # ${alsoBecause(known)}`),
    ...tail,
  ].join('\n')
  return { text: `${text}\n`, found, notes }
}

function providerLine(
  known: KnownProvider,
  settings: ProviderSettings,
  variable: string | undefined,
): string {
  const fields = [
    ...(settings.apiKeys.length > 0 ? [`apiKey: "\${${variable}}"`] : []),
    ...(settings.auth === 'bearer' ? ['auth: bearer'] : []),
    ...(settings.baseUrl === undefined ? [] : [`baseUrl: ${JSON.stringify(settings.baseUrl)}`]),
  ]
  return `  ${known.id}: ${fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`}`
}

/** Set for other reasons on many machines, so the user decides. */
function isAlsoPossible(known: KnownProvider, environment: Environment): boolean {
  return known.keys.some(
    (source) =>
      source.generalPurpose === true &&
      source.variables.every((name) => variableOf(environment, name) !== undefined),
  )
}

function body(known: KnownProvider): string {
  return known.reach.kind === 'sdk' ? '{}' : `{ apiKey: "\${${known.keys[0]?.variables[0]}}" }`
}

function alsoBecause(known: KnownProvider): string {
  const source = known.keys.find((candidate) => candidate.generalPurpose === true)
  return `${source?.variables[0]} is set; take away the # to use ${known.name}`
}

const head = [
  '# Waybill: which providers to use, and what clients may ask for.',
  '# `waybill check` checks this file; `waybill schema > waybill.schema.json` is for editors.',
  '# A running gateway takes over changes; a broken file leaves the old configuration in force.',
  '',
  'server:',
  '  listen: 127.0.0.1:4100   # beyond loopback, clients with keys are required',
  '',
  `# Upstream accounts. Known ones need only a key, which \${NAME} takes from the environment.`,
  `# Any other: { dialect: openai, baseUrl: "https://llm.example.com/v1", apiKey: "\${KEY}" }`,
]

const simulated = [
  '  # No provider key was found in the environment, so this one only simulates.',
  '  demo:',
  '    simulated: { timeToFirstTokenMs: 300, tokensPerSecond: 80, errorRate: 0 }',
  '    models:',
  '      small: { price: { input: 0.1, output: 0.4 } }   # dollars per million tokens',
]

const tail = [
  '',
  '# Public names, each with models that can serve it. Without any, clients ask for provider/model',
  '# or for a model id that one provider is known to serve.',
  '# models:',
  '#   fast:',
  '#     description: Fast and cheap',
  '#     strategy: failover                 # or latency, cost, weighted, adaptive, …',
  '#     targets: [openai/gpt-4o-mini, anthropic/claude-haiku-4-5]',
  '#     retry: { attempts: 2, backoff: 100ms, maxBackoff: 2s }',
  '#     timeouts: { connect: 3s, firstToken: 15s, idle: 30s, total: 600s }',
  '#     hedge: { after: auto, budget: 5% } # a second try beside a first that shows nothing',
  '',
  '# What comes first for some requests: by budget, quality, vision, fast, region,',
  '# or by rules of your own.',
  '# rules:',
  '#   - vision',
  '#   - { name: long, when: { contextTokens: 50000 }, prefer: [anthropic/claude-sonnet-4-5] }',
  '',
  '# What clients may ask for. The policy `default` allows everything.',
  '# policies:',
  '#   product-x:',
  '#     allow: [fast, "openai/*"]',
  '#     auto: { prioritized: [fast] }      # what they get as waybill/auto',
  '',
  '# Applications, each with the SHA-256 of its key: printf %s "$KEY" | sha256sum',
  '# clients:',
  '#   web: { policy: product-x, key: "sha256:<64 hex digits>" }',
  '',
  '# How much may be asked for. Without any of this, usual limits hold beyond loopback.',
  '# limits:',
  '#   user: [{ per: minute, requests: 100, burst: 10 }]',
  '#   client: [{ per: day, cost: 20.00 }, { concurrent: 50 }]',
]
