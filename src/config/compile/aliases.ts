import type { Alias } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings, Path } from '../problem.ts'
import type { AliasSettings, Settings } from '../settings.ts'
import { formatDuration } from '../units.ts'
import { compileExecution } from './execution.ts'
import { reportCycles } from './fallback-cycles.ts'
import { compileSplit } from './split.ts'
import { strategyChoice } from './strategy.ts'
import type { TargetBook } from './targets.ts'
import { compileTargets } from './weighted-targets.ts'

/** Public names and synonyms → their alias. */
export function compileAliases(
  settings: Settings,
  book: TargetBook,
  findings: Findings,
): Map<string, Alias> {
  const names = publicNames(settings, findings)
  const aliases = new Map<string, Alias>()
  for (const [name, alias] of Object.entries(settings.models)) {
    const compiled = compileAlias(name, alias, names, book, findings)
    for (const publicName of [name, ...alias.aliases]) {
      if (names.get(publicName) === name) aliases.set(publicName, compiled)
    }
  }
  reportCycles(aliases, settings, findings)
  return aliases
}

/** Every public name and synonym → the alias it belongs to; each may belong to one only. */
function publicNames(settings: Settings, findings: Findings): Map<string, string> {
  const names = new Map(Object.keys(settings.models).map((name) => [name, name]))
  for (const [name, alias] of Object.entries(settings.models)) {
    for (const [index, synonym] of alias.aliases.entries()) {
      const owner = names.get(synonym)
      if (owner === undefined) {
        names.set(synonym, name)
        continue
      }
      const message =
        owner === synonym
          ? `"${synonym}" is a public name of its own already`
          : `"${synonym}" is a synonym of "${owner}" already`
      findings.problem(['models', name, 'aliases', index], message)
    }
  }
  return names
}

function compileAlias(
  name: string,
  settings: AliasSettings,
  names: ReadonlyMap<string, string>,
  book: TargetBook,
  findings: Findings,
): Alias {
  const path: Path = ['models', name]
  const { retry, timeouts } = settings
  if (retry.maxBackoff < retry.backoff) {
    const [least, given] = [formatDuration(retry.backoff), formatDuration(retry.maxBackoff)]
    const message = `must be at least the backoff of ${least}, not ${given}`
    findings.problem([...path, 'retry', 'maxBackoff'], message)
  }
  const strategy = strategyChoice(settings.strategy)
  const alias: Alias = {
    name,
    description: settings.description ?? null,
    synonyms: settings.aliases,
    strategy,
    successThreshold: settings.successThreshold,
    targets: compileTargets(settings.targets, strategy, path, book, findings),
    fallbacks: compileFallbacks(settings, path, names, findings),
    retry: {
      attempts: retry.attempts,
      backoffMs: retry.backoff,
      maxBackoffMs: retry.maxBackoff,
    },
    timeouts: {
      connectMs: timeouts.connect,
      firstTokenMs: timeouts.firstToken,
      idleMs: timeouts.idle,
      totalMs: timeouts.total,
    },
    ...compileExecution(settings, path, findings),
  }
  const split = compileSplit(settings, alias, book, findings)
  return split === null ? alias : { ...alias, split }
}

function compileFallbacks(
  settings: AliasSettings,
  path: Path,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): string[] {
  const fallbacks: string[] = []
  for (const [index, text] of settings.fallbacks.entries()) {
    const at = [...path, 'fallbacks', index]
    const owner = names.get(text)
    if (owner === undefined) {
      const hint = text.includes('/')
        ? ' Fallbacks are public names; put models under targets.'
        : didYouMean(nearNames(text, names.keys()))
      findings.problem(at, `"${text}" is no public name.${hint}`)
    } else if (fallbacks.includes(owner)) {
      findings.problem(at, `"${text}" is listed twice; keep one`)
    } else {
      fallbacks.push(owner)
    }
  }
  return fallbacks
}
