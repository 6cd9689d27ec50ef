import type { Catalog, Target } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { policyAllows } from '../core/plan/policy-allows.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { authenticate } from '../gateway/authenticate.ts'

interface Asking {
  readonly headers: Readonly<Record<string, string>>
  readonly loopback: boolean
  readonly path: string
  readonly query: string
}

interface Listed {
  readonly id: string
  readonly description: string | null
  readonly ownedBy: string
  readonly targets: readonly Target[]
}

/** `GET /v1/models`, `/v1/models/{id}` and `/v1/models/{id}/pricing`, as the client's policy allows. */
export function answerModels(
  catalog: Catalog,
  route: { to: 'models' } | { to: 'model' | 'pricing'; id: string },
  asking: Asking,
): Outcome<object> {
  const client = authenticate(asking, catalog)
  if (!client.ok) return client
  const { policy } = client.value
  const shape = shapeFor(asking)
  if (route.to === 'models') {
    const listed = listModels(catalog).filter(({ names }) => policyAllows(policy, names))
    return ok(shape.list(listed.map(({ model }) => model)))
  }
  const resolved = resolveModel(route.id, catalog, policy)
  if (!resolved.ok) {
    // A model the policy hides does not exist for this client.
    const { message } = resolved.failure
    return failed(failure('model_not_found', message, { param: 'model' }))
  }
  const listed: Listed =
    resolved.value.as === 'alias'
      ? {
          id: route.id,
          description: resolved.value.alias.description,
          ownedBy: 'waybill',
          targets: resolved.value.alias.targets.map(({ target }) => target),
        }
      : { id: route.id, description: null, ...ownTarget(resolved.value.target) }
  return ok(route.to === 'model' ? shape.one(listed) : pricing(listed))
}

function ownTarget(target: Target) {
  return { ownedBy: target.provider.id, targets: [target] }
}

interface Entry {
  readonly model: Listed
  /** What a policy may allow it by, as when it is asked for. */
  readonly names: readonly string[]
}

/** Public names first, then the configured targets of enabled providers, then what is known of them. */
function listModels(catalog: Catalog): Entry[] {
  const listed = new Map<string, Entry>()
  for (const alias of catalog.aliases.values()) {
    const targets = alias.targets.map(({ target }) => target)
    if (!targets.some(({ provider }) => provider.enabled)) continue
    const names = [alias.name, ...alias.synonyms]
    for (const id of names) {
      const model = { id, description: alias.description, ownedBy: 'waybill', targets }
      listed.set(id, { model, names })
    }
  }
  for (const target of catalog.targets.values()) {
    if (!target.provider.enabled) continue
    const model = { id: target.name, description: null, ...ownTarget(target) }
    listed.set(target.name, { model, names: [target.name, target.model] })
  }
  for (const provider of catalog.providers.values()) {
    if (!provider.enabled || provider.strict) continue
    for (const known of catalog.facts.modelsOf(provider.knownAs)) {
      const id = `${provider.id}/${known}`
      if (listed.has(id)) continue
      const model = { id, description: null, ownedBy: provider.id, targets: [] }
      listed.set(id, { model, names: [id, known] })
    }
  }
  return [...listed.values()]
}

interface Shape {
  list(models: readonly Listed[]): object
  one(model: Listed): object
}

/** The same list in the words of three SDKs: each sends something that tells which it is. */
function shapeFor({ headers, path }: Asking): Shape {
  if (path.startsWith('/v1beta/')) return geminiShape
  return isAnthropicClient(headers) ? anthropicShape : openaiShape
}

/** Anthropic's SDKs ask for models at the same path as OpenAI's. */
export function isAnthropicClient(headers: Asking['headers']): boolean {
  return headers['anthropic-version'] !== undefined
}

const openaiShape: Shape = {
  one: ({ id, description, ownedBy, targets }) => ({
    id,
    object: 'model',
    created: 0,
    owned_by: ownedBy,
    ...(description === null ? {} : { description }),
    ...contextOf(targets),
  }),
  list: (models) => ({ object: 'list', data: models.map((model) => openaiShape.one(model)) }),
}

const anthropicShape: Shape = {
  one: ({ id, description }) => ({
    type: 'model',
    id,
    display_name: description ?? id,
    created_at: '1970-01-01T00:00:00Z',
  }),
  list: (models) => ({
    data: models.map((model) => anthropicShape.one(model)),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
}

const geminiShape: Shape = {
  one: ({ id, description, targets }) => ({
    name: `models/${id}`,
    displayName: description ?? id,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
    ...(contextOf(targets).context_length === undefined
      ? {}
      : { inputTokenLimit: contextOf(targets).context_length }),
  }),
  list: (models) => ({ models: models.map((model) => geminiShape.one(model)) }),
}

/** What every target can take; nothing when one of them is not known. */
function contextOf(targets: readonly Target[]): { context_length?: number } {
  const windows = targets.map(({ contextWindow }) => contextWindow)
  const known = windows.filter((window) => window !== null)
  return known.length === 0 || known.length < windows.length
    ? {}
    : { context_length: Math.min(...known) }
}

/** Prices in dollars per million tokens, one line per target; null where the price is not known. */
function pricing({ id, targets }: Listed): object {
  return {
    id,
    object: 'model.pricing',
    currency: 'USD',
    unit: 'per million tokens',
    targets: targets.map(({ name, price }) => ({
      target: name,
      price:
        price === null
          ? null
          : {
              input: price.inputNanoUsd / 1000,
              cached_input: price.cachedInputNanoUsd / 1000,
              cache_write: price.cacheWriteNanoUsd / 1000,
              output: price.outputNanoUsd / 1000,
              request: price.requestNanoUsd / 1e9,
            },
    })),
  }
}
