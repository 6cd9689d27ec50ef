import type { Catalog, Provider, Target } from '../catalog.ts'

/**
 * The target of a model at a provider: as configured, or made on demand from what is known of it.
 * The catalog stays as it is; what is costly to find out, `facts` remembers.
 */
export function targetOf(catalog: Catalog, provider: Provider, model: string): Target {
  const name = `${provider.id}/${model}`
  return (
    catalog.targets.get(name) ?? {
      name,
      provider,
      model,
      price: catalog.facts.priceOf(provider.knownAs, model),
      capabilities: catalog.facts.capabilitiesOf(provider.knownAs, model),
    }
  )
}
