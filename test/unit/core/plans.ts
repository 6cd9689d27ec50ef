import type { Alias, Catalog, Provider, Retry, Target } from '../../../src/core/catalog.ts'
import type { Candidate, Plan } from '../../../src/core/plan/plan.ts'
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
  return { name, provider: provider ?? aProvider(id), model, price: null, contextWindow: null }
}

export function aCandidate(name: string, weight = 1, own: Retry = retry): Candidate {
  return {
    target: aTarget(name),
    route: { kind: 'pass-through', dialect: 'openai' },
    weight,
    via: 'alias',
    retry: own,
    timeouts,
  }
}

export function aPlan(names: readonly string[], own: Retry = retry): Plan {
  return {
    model: 'alias',
    resolvedAs: 'alias',
    strategy: 'failover',
    reason: 'first',
    candidates: names.map((name) => ({ ...aCandidate(name, 1, own), score: null, scores: {} })),
    excluded: [],
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
    strategy: 'failover',
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
      contextWindowOf: () => null,
      modelsOf: () => [],
    },
  }
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
    metadata: {},
    strategy: null,
    timeoutMs: null,
    noFallback: false,
    ...options,
  }
}
