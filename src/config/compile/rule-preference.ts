import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Preference, PreferredTarget } from '../../core/plan/rule.ts'
import type { Findings, Path } from '../problem.ts'
import type { RuleSettings, Settings } from '../settings.ts'
import type { TargetBook } from './targets.ts'

interface Context {
  readonly settings: Settings
  readonly book: TargetBook
  readonly findings: Findings
}

export function compilePreference(
  prefer: RuleSettings['prefer'],
  path: Path,
  context: Context,
): Preference {
  if (prefer === undefined) return { by: 'ceilings' }
  if (typeof prefer === 'string') return { by: 'order', order: prefer }
  const list: PreferredTarget[] = []
  for (const [index, entry] of prefer.entries()) {
    const at = [...path, index]
    const { target: pattern, weight = 1 } = typeof entry === 'string' ? { target: entry } : entry
    if (list.some((known) => known.pattern === pattern)) {
      context.findings.problem(at, `"${pattern}" is listed twice; keep one`)
      continue
    }
    const preferred = pattern.includes('*')
      ? compilePattern(pattern, weight, at, context)
      : compileTarget(pattern, weight, at, context)
    if (preferred !== null) list.push(preferred)
  }
  const drawn = prefer.some((entry) => typeof entry !== 'string' && entry.weight !== undefined)
  return { by: 'list', list, drawn }
}

function compileTarget(
  pattern: string,
  weight: number,
  path: Path,
  { book, findings }: Context,
): PreferredTarget | null {
  const target = book.named(pattern, path)
  if (target === null) return null
  if (!target.provider.enabled) {
    const message = `"${pattern}" is never preferred, because ${target.provider.id} is disabled`
    findings.warning(path, message)
  }
  return { pattern, target, weight }
}

function compilePattern(
  pattern: string,
  weight: number,
  path: Path,
  { settings, findings }: Context,
): PreferredTarget | null {
  const slash = pattern.indexOf('/')
  const provider = pattern.slice(0, slash)
  const ids = Object.keys(settings.providers)
  if (slash > 0 && !provider.includes('*') && !ids.includes(provider)) {
    const near = nearNames(provider, ids).map((id) => `${id}${pattern.slice(slash)}`)
    const message = `"${pattern}" is at provider "${provider}", which is not configured`
    findings.problem(path, `${message}.${didYouMean(near)}`)
    return null
  }
  return { pattern, target: null, weight }
}
