import type { Catalog, Policy, Provider, Target } from '../catalog.ts'
import { autoModel, autoModelFor } from './auto.ts'
import type { Resolved } from './make-plan.ts'
import { policyAllows } from './policy-allows.ts'
import { targetOf } from './target-of.ts'

export type FoundModel =
  | Resolved
  | { readonly as: 'unknown' }
  | { readonly as: 'forbidden' }
  /** `waybill/auto`, which the policy does not enable. */
  | { readonly as: 'auto-disabled' }
  | { readonly as: 'disabled'; readonly provider: Provider }
  /** A bare id that more than one provider serves. */
  | { readonly as: 'several'; readonly targets: readonly Target[] }

/** Looks a model name up, in the order auto, public name, `provider/model`, bare model id. */
export function findModel(asked: string, catalog: Catalog, policy: Policy): FoundModel {
  const name = withoutGeminiPrefix(asked)
  if (name === autoModel) {
    const auto = autoModelFor(policy)
    return auto === null ? { as: 'auto-disabled' } : { as: 'alias', alias: auto }
  }
  const alias = catalog.aliases.get(name)
  if (alias !== undefined) {
    const allowed = policyAllows(policy, [alias.name, ...alias.synonyms])
    return allowed ? { as: 'alias', alias } : { as: 'forbidden' }
  }
  const configured = catalog.targets.get(name)
  if (configured !== undefined) return targetIfAllowed(configured, policy)
  const slash = name.indexOf('/')
  const provider = slash > 0 ? catalog.providers.get(name.slice(0, slash)) : undefined
  const model = name.slice(slash + 1)
  return provider !== undefined && model !== ''
    ? findTarget(provider, model, catalog, policy)
    : findBareModel(name, catalog, policy)
}

/** Gemini's clients write `models/gemini-…` where others write the bare id. */
export function withoutGeminiPrefix(asked: string): string {
  return asked.startsWith('models/') ? asked.slice('models/'.length) : asked
}

/** One that the configuration does not name. */
function findTarget(
  provider: Provider,
  model: string,
  catalog: Catalog,
  policy: Policy,
): FoundModel {
  if (!provider.enabled) return { as: 'disabled', provider }
  if (provider.strict || !isModelId(model)) return { as: 'unknown' }
  return targetIfAllowed(targetOf(catalog, provider, model), policy)
}

function targetIfAllowed(target: Target, policy: Policy): FoundModel {
  const { provider } = target
  if (!provider.enabled) return { as: 'disabled', provider }
  return isAllowed(policy, target) ? { as: 'target', target } : { as: 'forbidden' }
}

/**
 * Ids that nobody configured come from clients and end up in paths at the provider, where `..` would
 * lead to another one with our key, and half a surrogate pair cannot be written at all.
 */
function isModelId(model: string): boolean {
  const dots = model.split('/').some((part) => part === '.' || part === '..')
  return !dots && /^\S{1,256}$/.test(model) && model.isWellFormed()
}

function findBareModel(model: string, catalog: Catalog, policy: Policy): FoundModel {
  const targets = providersServing(model, catalog).map((one) => targetOf(catalog, one, model))
  if (targets.length === 0) return { as: 'unknown' }
  const allowed = targets.filter((target) => isAllowed(policy, target))
  const [only] = allowed
  if (only === undefined) return { as: 'forbidden' }
  // One of several stays ambiguous for every client, so that a policy never changes what a name
  // means.
  if (targets.length > 1) return { as: 'several', targets: allowed }
  return { as: 'model-id', target: only }
}

/** Enabled providers that are configured with the model, or known to serve it. */
function providersServing(model: string, catalog: Catalog): Provider[] {
  const known = isModelId(model) ? catalog.facts.providersOf(model) : []
  return [...catalog.providers.values()].filter(
    (provider) =>
      provider.enabled &&
      (catalog.targets.has(`${provider.id}/${model}`) ||
        (!provider.strict && known.includes(provider.knownAs))),
  )
}

function isAllowed(policy: Policy, target: Target): boolean {
  return policyAllows(policy, [target.name, target.model])
}
