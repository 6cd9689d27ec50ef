import { didYouMean, nearNames } from '../../core/near-names.ts'
import { predefinedRules } from '../../core/plan/predefined-rules.ts'
import type { Rule } from '../../core/plan/rule.ts'
import type { Findings, Path } from '../problem.ts'
import type { RuleSettings, Settings } from '../settings.ts'
import { compileConditions, hasCeiling } from './rule-conditions.ts'
import { compilePreference } from './rule-preference.ts'
import type { TargetBook } from './targets.ts'

export interface CompiledRules {
  /** Those at the root, which hold for every policy. */
  readonly root: readonly Rule[]
  /** By name: the predefined ones, and those at the root, which take their place. */
  readonly named: ReadonlyMap<string, Rule>
}

export function compileRootRules(
  settings: Settings,
  book: TargetBook,
  findings: Findings,
): CompiledRules {
  const context = { settings, book, findings }
  const named = new Map(predefinedRules.map((rule) => [rule.name, rule]))
  const own = settings.rules.filter((entry) => typeof entry !== 'string')
  const path: Path = ['rules']
  for (const entry of own) {
    const index = settings.rules.indexOf(entry)
    named.set(entry.name, compileRule(entry, [...path, index], context))
  }
  return { root: compileRuleList(settings.rules, path, named, context), named }
}

interface Context {
  readonly settings: Settings
  readonly book: TargetBook
  readonly findings: Findings
}

/** A list of rules and names of rules, in the order written. */
export function compileRuleList(
  list: Settings['rules'],
  path: Path,
  named: ReadonlyMap<string, Rule>,
  context: Context,
): Rule[] {
  const { findings } = context
  const rules: Rule[] = []
  for (const [index, entry] of list.entries()) {
    const at = [...path, index]
    const name = typeof entry === 'string' ? entry : entry.name
    if (rules.some((rule) => rule.name === name)) {
      findings.problem(at, `"${name}" is listed twice; keep one`)
      continue
    }
    // What stands at the root has been compiled, and reported, when its name was made known.
    const rule =
      typeof entry === 'string' || path.length === 1
        ? named.get(name)
        : compileRule(entry, at, context)
    if (rule === undefined) {
      const names = [...named.keys()]
      const choice = didYouMean(nearNames(name, names)) || ` Use one of ${names.join(', ')}.`
      findings.problem(at, `"${name}" is no rule.${choice}`)
      continue
    }
    rules.push(rule)
  }
  return rules
}

function compileRule(entry: RuleSettings, path: Path, context: Context): Rule {
  const { name, when, prefer } = entry
  if (prefer === undefined && !hasCeiling(when)) {
    const message = 'prefers nothing: add prefer, or a ceiling (maxCost or maxLatency) to when'
    context.findings.problem(path, message)
  }
  return {
    name,
    when: compileConditions(when, [...path, 'when'], context.settings, context.findings),
    prefer: compilePreference(prefer, [...path, 'prefer'], context),
  }
}
