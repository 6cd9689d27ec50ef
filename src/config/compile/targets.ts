import type { ModelFacts, Provider, Target } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings, Path } from '../problem.ts'
import type { ModelSettings, Settings } from '../settings.ts'
import { capabilitiesFrom } from './capabilities.ts'
import { priceFrom, reportTierOrder } from './prices.ts'

/** Targets the configuration names, each made once however often it is named. */
export interface TargetBook {
  readonly targets: ReadonlyMap<string, Target>
  /** The target a text names, or null, which is reported. */
  named(text: string, path: Path): Target | null
}

export function openTargetBook(
  settings: Settings,
  providers: ReadonlyMap<string, Provider>,
  facts: ModelFacts,
  findings: Findings,
): TargetBook {
  // Maps, because `settings.providers['constructor']` finds something where nothing is configured.
  const listed = new Map(
    Object.entries(settings.providers).map(([id, { models }]) => [
      id,
      new Map(Object.entries(models ?? {})),
    ]),
  )
  const targets = new Map<string, Target>()
  const add = (provider: Provider, model: string, path: Path): Target => {
    const name = `${provider.id}/${model}`
    const known = targets.get(name)
    if (known !== undefined) return known
    const target = makeTarget(provider, model, listed.get(provider.id)?.get(model), facts)
    targets.set(name, target)
    if (target.price === null && provider.enabled && provider.reach.kind !== 'simulated') {
      const message = `no price is known for ${name}, so its cost is not either`
      findings.warning(path, `${message}; give it one under providers.${provider.id}.models`)
    }
    return target
  }
  for (const provider of providers.values()) {
    for (const [model, configured] of listed.get(provider.id) ?? []) {
      const { price } = configured
      const path: Path = ['providers', provider.id, 'models', model]
      add(provider, model, path)
      if (price !== undefined) reportTierOrder(price, [...path, 'price'], findings)
      reportSizes(configured, path, findings)
    }
  }
  const named = (text: string, path: Path): Target | null => {
    const slash = text.indexOf('/')
    const id = text.slice(0, slash)
    const model = text.slice(slash + 1)
    const provider = providers.get(id)
    if (provider === undefined) {
      // A provider that is wrong itself has been reported already.
      if (!listed.has(id)) findings.problem(path, unknownProvider(text, id, model, listed.keys()))
      return null
    }
    if (provider.strict && !targets.has(text)) {
      const meant = nearNames(model, listed.get(id)?.keys() ?? []).map((one) => `${id}/${one}`)
      const message = `"${text}" is not among the models of ${id}, which is strict`
      findings.problem(path, `${message}.${didYouMean(meant)}`)
      return null
    }
    return add(provider, model, path)
  }
  return { targets, named }
}

function reportSizes(
  { contextWindow = Number.POSITIVE_INFINITY, maxOutputTokens = 0 }: ModelSettings,
  path: Path,
  findings: Findings,
): void {
  if (maxOutputTokens <= contextWindow) return
  const message = `must be at most \`contextWindow\`, ${contextWindow}, not ${maxOutputTokens}`
  findings.problem([...path, 'maxOutputTokens'], message)
}

function unknownProvider(text: string, id: string, model: string, ids: Iterable<string>): string {
  const meant = nearNames(id, ids).map((one) => `${one}/${model}`)
  return `"${text}" is at provider "${id}", which is not configured.${didYouMean(meant)}`
}

function makeTarget(
  provider: Provider,
  model: string,
  configured: ModelSettings | undefined,
  facts: ModelFacts,
): Target {
  return {
    name: `${provider.id}/${model}`,
    provider,
    model,
    price:
      configured?.price === undefined
        ? facts.priceOf(provider.knownAs, model)
        : priceFrom(configured.price),
    capabilities: capabilitiesFrom(configured, facts.capabilitiesOf(provider.knownAs, model)),
  }
}
