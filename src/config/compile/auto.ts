import type { Alias, Target } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import { autoAlias, autoModel } from '../../core/plan/auto.ts'
import { matchesPattern } from '../../core/plan/policy-allows.ts'
import type { Findings, Path } from '../problem.ts'
import type { PolicySettings } from '../settings.ts'
import type { TargetBook } from './targets.ts'

type AutoSettings = NonNullable<PolicySettings['auto']>

export interface AutoContext {
  readonly aliases: ReadonlyMap<string, Alias>
  readonly book: TargetBook
  readonly findings: Findings
}

/**
 * The alias behind `waybill/auto`: what is prioritized, in the order written, then what is available, as
 * far as the configuration names it. Null where it is switched off or names nothing.
 */
export function compileAuto(auto: AutoSettings, path: Path, context: AutoContext): Alias | null {
  const { findings } = context
  reportRepeated(auto.prioritized, [], [...path, 'prioritized'], findings)
  reportRepeated(auto.available, auto.prioritized, [...path, 'available'], findings)
  const targets = new Set<Target>()
  for (const [index, entry] of auto.prioritized.entries()) {
    const at = [...path, 'prioritized', index]
    if (entry.includes('*')) {
      const message = 'is a pattern, which has no order; name the models, or put it into available'
      findings.problem(at, message)
      continue
    }
    for (const target of targetsOf(entry, at, context)) targets.add(target)
  }
  for (const [index, entry] of auto.available.entries()) {
    const at = [...path, 'available', index]
    const found = targetsOf(entry, at, context)
    if (found.length === 0 && entry.includes('*')) warnOfIdlePattern(entry, at, context)
    for (const target of found) targets.add(target)
  }
  if (!auto.enabled) return null
  if (auto.prioritized.length + auto.available.length === 0) {
    findings.problem(path, 'names no model; list some under prioritized')
  }
  return targets.size === 0 ? null : autoAlias([...targets])
}

/** A public name stands for its targets. */
function targetsOf(entry: string, path: Path, { aliases, book, findings }: AutoContext): Target[] {
  const alias = aliases.get(entry)
  if (alias !== undefined) return alias.targets.map(({ target }) => target)
  if (entry.includes('*')) {
    return [...book.targets.values()].filter(
      ({ name, provider }) => provider.enabled && matchesPattern(entry, name),
    )
  }
  if (!entry.includes('/')) {
    const near = didYouMean(nearNames(entry, [...aliases.keys(), ...book.targets.keys()]))
    findings.problem(path, `"${entry}" is neither a public name nor provider/model.${near}`)
    return []
  }
  if (entry === autoModel) {
    findings.problem(path, 'is the name this list stands behind; name models here')
    return []
  }
  const target = book.named(entry, path)
  if (target === null) return []
  if (!target.provider.enabled) {
    findings.warning(path, `"${entry}" is never asked, because ${target.provider.id} is disabled`)
  }
  return [target]
}

/** A pattern stands for models that are named somewhere, so one for a provider alone finds none. */
function warnOfIdlePattern(entry: string, path: Path, { book, findings }: AutoContext): void {
  const slash = entry.indexOf('/')
  const rest = slash < 0 ? '' : entry.slice(slash)
  const ids = new Set([...book.targets.values()].map(({ provider }) => provider.id))
  const near = nearNames(slash < 0 ? entry : entry.slice(0, slash), ids).map((id) => `${id}${rest}`)
  const message = `"${entry}" stands for no model that the configuration names`
  findings.warning(path, `${message}.${didYouMean(near.filter((one) => one !== entry))}`)
}

function reportRepeated(
  entries: readonly string[],
  prioritized: readonly string[],
  path: Path,
  findings: Findings,
): void {
  for (const [index, entry] of entries.entries()) {
    if (prioritized.includes(entry)) {
      const message = `"${entry}" is both prioritized and available; take it out of one list`
      findings.problem([...path, index], message)
    } else if (entries.indexOf(entry) < index) {
      findings.problem([...path, index], `"${entry}" is listed twice; keep one`)
    }
  }
}
