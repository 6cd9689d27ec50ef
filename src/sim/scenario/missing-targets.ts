import type { Alias, Catalog } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Resolved } from '../../core/plan/make-plan.ts'
import type { Scenario } from './scenario.ts'

/** Targets that requests may be sent to and the scenario says nothing of. */
export function missingTargets(
  resolved: Resolved,
  catalog: Catalog,
  { behaviours }: Scenario,
): string[] {
  return [...reachable(resolved, catalog)].filter((name) => !behaviours.has(name))
}

export function notDescribed(missing: readonly string[], { behaviours }: Scenario): string {
  const list = missing.map((name) => JSON.stringify(name)).join(', ')
  const near = didYouMean(nearNames(missing[0] ?? '', behaviours.keys()))
  return `The file of providers does not say how ${list} behaves; put it under targets.${near}`
}

/** Of the alias, its fallbacks and the arms of their splits. What only a rule names may be missing. */
function reachable(resolved: Resolved, catalog: Catalog): Set<string> {
  if (resolved.as !== 'alias') return new Set([resolved.target.name])
  const names = new Set<string>()
  const pending: Alias[] = [resolved.alias]
  const seen = new Set<Alias>()
  for (let alias = pending.pop(); alias !== undefined; alias = pending.pop()) {
    // Behind an arm stands the alias it belongs to.
    if (seen.has(alias)) continue
    seen.add(alias)
    for (const { target } of alias.targets) if (target.provider.enabled) names.add(target.name)
    for (const fallback of alias.fallbacks) {
      const next = catalog.aliases.get(fallback)
      if (next !== undefined) pending.push(next)
    }
    if (alias === resolved.alias) {
      for (const arm of alias.split?.arms ?? []) pending.push(arm.alias)
    }
  }
  return names
}

/** A request was sent to a target that only a rule names, and the scenario says nothing of it. */
export class UndescribedTarget extends Error {
  readonly target: string
  constructor(target: string) {
    super(`the scenario says nothing of ${target}`)
    this.target = target
  }
}
