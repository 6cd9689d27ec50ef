import type { Alias, Catalog, Provider, Retry, Target } from '../../../src/core/catalog.ts'
import type { Fleet } from '../../../src/core/health/fleet.ts'
import type { Vitals } from '../../../src/core/health/vitals.ts'
import { type Needs, unknownCapabilities } from '../../../src/core/needs.ts'
import type { Occasion } from '../../../src/core/plan/occasion.ts'
import type { Outlook } from '../../../src/core/plan/outlook.ts'
import type { Candidate, Plan } from '../../../src/core/plan/plan.ts'
import type { Surroundings } from '../../../src/core/plan/surroundings.ts'
import type { Dialect, Request } from '../../../src/core/request.ts'

export const retry: Retry = { attempts: 2, backoffMs: 100, maxBackoffMs: 2_000 }
export const timeouts = { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 5_000 }

export function aProvider(
  id: string,
  options: Partial<Provider> & { dialects?: Dialect[] } = {},
): Provider {
  const { dialects = ['openai'], ...rest } = options
  const address = { origin: `http://${id}.test`, basePath: '/v1' }
  return {
    id,
    knownAs: id,
    enabled: true,
    region: null,
    reach: {
      kind: 'http',
      addresses: new Map(dialects.map((dialect) => [dialect, address])),
      auth: { kind: 'bearer' },
      headers: {},
      query: {},
    },
    apiKeys: [],
    strict: false,
    quirks: {},
    ...rest,
  }
}

/** `provider/model` → a target at a plain provider. */
export function aTarget(name: string, provider?: Provider): Target {
  const [id = '', model = ''] = name.split('/')
  const capabilities = unknownCapabilities
  return { name, provider: provider ?? aProvider(id), model, price: null, capabilities }
}

/** Of a target nobody has called yet. */
export function anOutlook(options: Partial<Outlook> = {}): Outlook {
  return {
    firstTokenMs: null,
    totalMs: null,
    tokensPerSecond: null,
    costNanoUsd: null,
    outputTokens: 200,
    successRate: 1,
    samples: 0,
    latencySpread: null,
    outstandingTokens: 0,
    inFlight: 0,
    breaker: 'closed',
    ...options,
  }
}

export function aCandidate(name: string, weight = 1, own: Retry = retry): Candidate {
  return {
    target: aTarget(name),
    route: { kind: 'pass-through', dialect: 'openai' },
    weight,
    via: 'alias',
    retry: own,
    timeouts,
    outlook: anOutlook(),
  }
}

/** A candidate of which something is known. */
export function aKnownCandidate(name: string, outlook: Partial<Outlook>, weight = 1): Candidate {
  return { ...aCandidate(name, weight), outlook: anOutlook({ samples: 100, ...outlook }) }
}

export function aPlan(names: readonly string[], own: Retry = retry): Plan {
  return {
    model: 'alias',
    resolvedAs: 'alias',
    strategy: 'failover',
    reason: 'first',
    candidates: names.map((name) => ({ ...aCandidate(name, 1, own), score: null, scores: {} })),
    excluded: [],
    confidence: null,
    panic: false,
    deadlineMs: null,
  }
}

export function anAlias(
  name: string,
  targets: readonly Target[],
  options: Partial<Alias> = {},
): Alias {
  return {
    name,
    description: null,
    synonyms: [],
    strategy: { name: 'failover' },
    targets: targets.map((target) => ({ target, weight: 1 })),
    fallbacks: [],
    retry,
    timeouts,
    ...options,
  }
}

export function aCatalog(aliases: readonly Alias[]): Catalog {
  return {
    generation: 1,
    providers: new Map(),
    targets: new Map(),
    aliases: new Map(aliases.map((alias) => [alias.name, alias])),
    policies: new Map(),
    clients: new Map(),
    clientsByKeyHash: new Map(),
    facts: {
      providersOf: () => [],
      priceOf: () => null,
      capabilitiesOf: () => unknownCapabilities,
      modelsOf: () => [],
    },
  }
}

export const noNeeds: Needs = {
  tools: false,
  parallelTools: false,
  vision: false,
  audio: false,
  pdf: false,
  jsonMode: false,
  jsonSchema: false,
  reasoning: false,
  streaming: false,
}

export function aRequest(options: Partial<Request> = {}): Request {
  return {
    id: 'wb_1',
    endpoint: { dialect: 'openai', operation: 'chat', path: '/chat/completions', streams: null },
    model: 'alias',
    streaming: null,
    user: null,
    inputTokensEstimate: 10,
    maxOutputTokens: null,
    needs: () => noNeeds,
    conversationKey: () => null,
    promptSample: () => '',
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
    ...options,
  }
}

/** Of a target nobody has called yet; `options` says what is known of it at any time. */
export function someVitals(
  target: string,
  options: Partial<Outlook> & { availability?: ReturnType<Vitals['availability']> } = {},
): Vitals {
  const { availability = { state: 'ready' }, ...outlook } = options
  const known = anOutlook(outlook)
  return {
    target,
    inFlight: known.inFlight,
    outstandingTokens: known.outstandingTokens,
    breaker: () => known.breaker,
    availability: () => availability,
    successRate: () => known.successRate,
    samples: () => known.samples,
    firstTokenMs: () => known.firstTokenMs,
    msPerOutputToken: () => (known.tokensPerSecond === null ? null : 1_000 / known.tokensPerSecond),
    headroom: () => null,
    slowShare: () => 0,
    latencySpread: () => known.latencySpread,
    outputTokens: () => outlook.outputTokens ?? null,
    firstTokens: () => null,
  }
}

/** A fleet that knows what it is told, by target, and observes nothing. */
export function aFleet(known: Readonly<Record<string, Parameters<typeof someVitals>[1]>>): Fleet {
  return {
    vitals: ({ name }) => someVitals(name, known[name]),
    sent: () => ({ firstOutput: () => {}, ended: () => {} }),
    heard: () => {},
  }
}

export const anOccasion: Occasion = {
  client: { name: 'local', policy: { name: 'default', allow: ['*'] } },
  region: null,
  wallMs: 0,
  rule: null,
  regions: null,
  regionTimes: null,
  experiments: null,
}

export function someSurroundings(options: Partial<Surroundings> = {}): Surroundings {
  return {
    fleet: aFleet({}),
    nowMs: 0,
    seed: 1,
    turn: 0,
    occasion: anOccasion,
    learnerOf: () => null,
    warmth: null,
    hedging: null,
    ...options,
  }
}
