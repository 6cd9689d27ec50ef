import type { StrategyChoice, WeightedTarget } from '../../core/catalog.ts'
import type { Findings, Path } from '../problem.ts'
import type { AliasSettings } from '../settings.ts'
import { idleWeight } from './strategy.ts'
import type { TargetBook } from './targets.ts'

/** The `targets` of an alias, or of an arm of its split, at `path`. */
export function compileTargets(
  entries: AliasSettings['targets'],
  strategy: StrategyChoice,
  path: Path,
  book: TargetBook,
  findings: Findings,
): WeightedTarget[] {
  const targets: WeightedTarget[] = []
  for (const [index, entry] of entries.entries()) {
    const at = [...path, 'targets', index]
    const { target: text, weight } =
      typeof entry === 'string' ? { target: entry, weight: 1 } : entry
    const target = book.named(text, at)
    if (target === null) continue
    if (targets.some((known) => known.target === target)) {
      findings.problem(at, `"${text}" is listed twice; keep one`)
      continue
    }
    if (!target.provider.enabled) {
      findings.warning(at, `"${text}" is never asked, because ${target.provider.id} is disabled`)
    }
    const idle = weight === 1 ? null : idleWeight(strategy)
    if (idle !== null) findings.warning([...at, 'weight'], idle)
    targets.push({ target, weight })
  }
  return targets
}
