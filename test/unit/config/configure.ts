import { configurationFromContent } from '../../../src/config/configuration.ts'
import { formatProblem } from '../../../src/config/problem.ts'
import type { Environment, Settings } from '../../../src/config/settings.ts'
import type { Price } from '../../../src/core/account/price.ts'
import type { Catalog, ModelFacts } from '../../../src/core/catalog.ts'
import { unknownCapabilities } from '../../../src/core/needs.ts'

const price: Price = {
  inputNanoUsd: 150,
  cachedInputNanoUsd: 75,
  cacheWriteNanoUsd: 150,
  outputNanoUsd: 600,
  requestNanoUsd: 0,
}

const models: ReadonlyMap<string, readonly string[]> = new Map([
  ['openai', ['gpt-4o', 'gpt-4o-mini', 'gpt-5']],
  ['anthropic', ['claude-sonnet-4-5', 'claude-haiku-4-5']],
  ['google', ['gemini-2.5-flash']],
])

/** Facts of a small world, so that these tests do not change with the price tables. */
export const smallFacts: ModelFacts = {
  providersOf: (model) => [...models.keys()].filter((id) => models.get(id)?.includes(model)),
  priceOf: (id, model) => (models.get(id)?.includes(model) ? price : null),
  capabilitiesOf: (id, model) =>
    models.get(id)?.includes(model) === true
      ? { ...unknownCapabilities, tools: true, contextWindow: 128_000 }
      : unknownCapabilities,
  modelsOf: (id) => models.get(id) ?? [],
}

export const environment: Environment = {
  OPENAI_API_KEY: 'sk-openai-canary-1234567890',
  ANTHROPIC_API_KEY: 'sk-ant-canary-1234567890',
}

export interface Result {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly catalog: Catalog | null
  readonly settings: Settings | null
}

/** Loads and compiles a document the way the gateway does; problems as people see them. */
export function configure(content: string | Uint8Array, env: Environment = environment): Result {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const outcome = configurationFromContent(bytes, 'waybill.yaml', {
    environment: env,
    facts: smallFacts,
    generation: 1,
  })
  return {
    problems: outcome.ok ? [] : outcome.problems.map(formatProblem),
    warnings: outcome.warnings.map(formatProblem),
    catalog: outcome.ok ? outcome.catalog : null,
    settings: outcome.ok ? outcome.settings : null,
  }
}

/** The catalog of a document that must be good. */
export function catalogOf(content: string, env: Environment = environment): Catalog {
  const { catalog, problems } = configure(content, env)
  if (catalog === null) throw new Error(problems.join('\n'))
  return catalog
}
