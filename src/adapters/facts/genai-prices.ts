import { createRequire } from 'node:module'
import type { Price } from '../../core/account/price.ts'
import { knownCapabilities } from '../../core/capabilities/known-capabilities.ts'
import type { ModelFacts } from '../../core/catalog.ts'
import type { Capabilities } from '../../core/needs.ts'
import { boundedMemory } from './bounded-memory.ts'
import { priceFrom } from './price-from.ts'

/** What must be known of a known provider to find its models in the price tables. */
export interface PricedProvider {
  readonly id: string
  /** Its id in the tables; null where they do not have it. */
  readonly pricedAs: string | null
  /** The id there whose naming rule its models follow, where that is another one. */
  readonly namedAs?: string
  /** It makes the models it serves. */
  readonly firstParty: boolean
}

type Tables = typeof import('@pydantic/genai-prices')

interface Known {
  readonly price: Price | null
  readonly contextWindow: number | null
}

/** Stands for a model the tables do not list; compared by identity. */
const notListed: Known = { price: null, contextWindow: null }

/**
 * Model facts from the price tables of @pydantic/genai-prices, which come with the package:
 * nothing is fetched. The tables take 25 ms to load, so that happens with the first question and
 * not at start. A price that depends on the time of day is the one of now. Capabilities come from
 * the names of the models, see `core/capabilities`; the tables know the context windows besides.
 */
export function genaiPricesFacts(providers: readonly PricedProvider[]): ModelFacts {
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  const firstParties = providers.filter((provider) => provider.firstParty)
  const facts = boundedMemory<Known>()
  const capabilities = boundedMemory<Capabilities>()
  const serving = boundedMemory<readonly string[]>()
  const listed = new Map<string, readonly string[]>()
  let loaded: Tables | null = null
  const tables = (): Tables => {
    if (loaded === null) {
      const fresh: Tables = createRequire(import.meta.url)('@pydantic/genai-prices')
      loaded = fresh
    }
    return loaded
  }

  const factsOf = (id: string, model: string): Known => {
    const pricedAs = byId.get(id)?.pricedAs
    if (pricedAs === null || pricedAs === undefined || model === '') return notListed
    return facts(`${pricedAs}/${model}`, () => lookUp(tables(), pricedAs, model))
  }

  /**
   * First whose naming rule the model fits, else whoever lists it: Google lists Claude for
   * Vertex.
   */
  const findServing = (model: string): readonly string[] => {
    const ruled = tables().findProvider({ modelId: model })?.id
    const owner = firstParties.find(({ namedAs, pricedAs }) => (namedAs ?? pricedAs) === ruled)
    if (ruled !== undefined && owner !== undefined) return [owner.id]
    return firstParties.filter(({ id }) => factsOf(id, model) !== notListed).map(({ id }) => id)
  }

  const findModels = (id: string): readonly string[] => {
    const pricedAs = byId.get(id)?.pricedAs
    if (pricedAs === null || pricedAs === undefined) return []
    const found = tables().findProvider({ providerId: pricedAs })
    return found?.id === pricedAs ? found.models.map((model) => model.id) : []
  }

  return {
    providersOf: (model) => (model === '' ? [] : serving(model, () => findServing(model))),
    priceOf: (id, model) => factsOf(id, model).price,
    capabilitiesOf: (id, model) =>
      capabilities(`${id}/${model}`, () => {
        const known = knownCapabilities(id, model)
        if (known.contextWindow !== null) return known
        return { ...known, contextWindow: factsOf(id, model).contextWindow }
      }),
    modelsOf(id) {
      const known = listed.get(id) ?? findModels(id)
      listed.set(id, known)
      return known
    },
  }
}

function lookUp({ calcPrice }: Tables, providerId: string, model: string): Known {
  const found = calcPrice({}, model, { providerId })
  if (found === null) return notListed
  return {
    price: priceFrom(found.model_price, found.model.id),
    contextWindow: found.model.context_window ?? null,
  }
}
