import type { Alias, Catalog, Target } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { autoModelFor } from '../core/plan/auto.ts'
import { policyAllows } from '../core/plan/policy-allows.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { authenticate } from '../gateway/authenticate.ts'
import { pricing } from './pricing.ts'

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
    const auto = autoModelFor(policy)
    const own = auto === null || !isServed(auto) ? [] : [ownAlias(auto.name, auto)]
    return ok(shape.list([...own, ...listed.map(({ model }) => model)]))
  }
  const resolved = resolveModel(route.id, catalog, policy)
  if (!resolved.ok) {
    // A model the policy hides does not exist for this client.
    const { message } = resolved.failure
    return failed(failure('model_not_found', message, { param: 'model' }))
  }
  const listed: Listed =
    resolved.value.as === 'alias'
      ? ownAlias(route.id, resolved.value.alias)
      : { id: route.id, description: null, ...ownTarget(resolved.value.target) }
  return ok(route.to === 'model' ? shape.one(listed) : pricing(listed.id, listed.targets))
}

function ownAlias(id: string, { description, targets }: Alias): Listed {
  return { id, description, ownedBy: 'waybill', targets: targets.map(({ target }) => target) }
}

function isServed({ targets }: Alias): boolean {
  return targets.some(({ target }) => target.provider.enabled)
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
    if (!isServed(alias)) continue
    const names = [alias.name, ...alias.synonyms]
    for (const id of names) listed.set(id, { model: ownAlias(id, alias), names })
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
    ...sizesOf(targets),
    ...abilitiesOf(targets),
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
  one({ id, description, targets }) {
    const { context_length, max_output_tokens } = sizesOf(targets)
    return {
      name: `models/${id}`,
      displayName: description ?? id,
      supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
      ...(context_length === undefined ? {} : { inputTokenLimit: context_length }),
      ...(max_output_tokens === undefined ? {} : { outputTokenLimit: max_output_tokens }),
    }
  },
  list: (models) => ({ models: models.map((model) => geminiShape.one(model)) }),
}

interface Sizes {
  context_length?: number
  max_output_tokens?: number
}

/** What every target can take and write; nothing when one of them is not known. */
function sizesOf(targets: readonly Target[]): Sizes {
  const window = leastOf(targets.map(({ capabilities }) => capabilities.contextWindow))
  const output = leastOf(targets.map(({ capabilities }) => capabilities.maxOutputTokens))
  return {
    ...(window === null ? {} : { context_length: window }),
    ...(output === null ? {} : { max_output_tokens: output }),
  }
}

function leastOf(sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter((size) => size !== null)
  return known.length === 0 || known.length < sizes.length ? null : Math.min(...known)
}

/**
 * What a client may count on. A request is kept from targets that lack what it needs, so one able
 * target will do; false is said only when all of them are known to lack it, and nothing of the rest.
 */
function abilitiesOf(targets: readonly Target[]): { capabilities?: Record<string, boolean> } {
  const found: Record<string, boolean> = {}
  for (const [name, key] of shownAbilities) {
    const known = targets.map(({ capabilities }) => capabilities[name])
    if (known.includes(true)) found[key] = true
    else if (known.length > 0 && known.every((able) => able === false)) found[key] = false
  }
  return Object.keys(found).length === 0 ? {} : { capabilities: found }
}

const shownAbilities = [
  ['tools', 'tools'],
  ['parallelTools', 'parallel_tools'],
  ['vision', 'vision'],
  ['audio', 'audio'],
  ['pdf', 'pdf'],
  ['jsonMode', 'json_mode'],
  ['jsonSchema', 'json_schema'],
  ['reasoning', 'reasoning'],
  ['streaming', 'streaming'],
  ['promptCache', 'prompt_cache'],
] as const
