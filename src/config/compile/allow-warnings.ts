import type { Alias, ModelFacts, Provider, Target } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import { matchesPattern } from '../../core/plan/policy-allows.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'

interface Known {
  readonly providers: ReadonlyMap<string, Provider>
  readonly targets: ReadonlyMap<string, Target>
  readonly aliases: ReadonlyMap<string, Alias>
  readonly facts: ModelFacts
}

/** Warns of patterns that allow nothing, which are mostly misspelled. */
export function warnOfIdlePatterns(settings: Settings, known: Known, findings: Findings): void {
  for (const [name, policy] of Object.entries(settings.policies)) {
    for (const [index, pattern] of policy.allow.entries()) {
      if (allowsSomething(pattern, known)) continue
      const names = [...known.aliases.keys(), ...known.targets.keys(), ...known.providers.keys()]
      const near = didYouMean(nearNames(pattern.replace(/\/?\*$/, ''), names))
      const message = `"${pattern}" allows nothing that is configured.${near}`
      findings.warning(['policies', name, 'allow', index], message)
    }
  }
}

function allowsSomething(pattern: string, { providers, targets, aliases, facts }: Known): boolean {
  const matches = (name: string): boolean => matchesPattern(pattern, name)
  if ([...aliases.keys()].some(matches)) return true
  if ([...targets.values()].some(({ name, model }) => matches(name) || matches(model))) return true
  // A provider that is not strict passes on any model, so the part before the slash decides.
  const slash = pattern.indexOf('/')
  const head = slash < 0 ? pattern : pattern.slice(0, slash)
  return [...providers.values()].some((provider) => {
    if (provider.strict) return false
    if (slash >= 0 && matchesPattern(head, provider.id)) return true
    return facts.modelsOf(provider.knownAs).some(matches)
  })
}
