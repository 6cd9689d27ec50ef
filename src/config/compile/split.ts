import type { Alias } from '../../core/catalog.ts'
import type { Arm, Split } from '../../core/experiment/split.ts'
import { hashSeed } from '../../core/random.ts'
import type { Findings, Path } from '../problem.ts'
import type { AliasSettings } from '../settings.ts'
import { strategyChoice } from './strategy.ts'
import type { TargetBook } from './targets.ts'
import { compileTargets } from './weighted-targets.ts'

type ArmSettings = NonNullable<AliasSettings['split']>['arms'][string]

/** The split of an alias, null where it has none; `alias` is what it is without. */
export function compileSplit(
  settings: AliasSettings,
  alias: Alias,
  book: TargetBook,
  findings: Findings,
): Split | null {
  const { targets, strategy, split } = settings
  if (split === undefined) return null
  const path: Path = ['models', alias.name, 'split', 'arms']
  const entries = Object.entries(split.arms)
  const [control] = entries
  if (control === undefined || entries.length < 2) {
    findings.problem(path, 'needs at least two arms, the control first')
  } else if (control[1].rollback !== undefined) {
    const message = 'cannot stand in the first arm: that is the control the others are held against'
    findings.problem([...path, control[0], 'rollback'], message, 'key')
  }
  const arms = entries.map(
    ([name, arm]): Arm => ({
      name,
      weight: arm.weight,
      alias: aliasOfArm(arm, alias, [...path, name], book, findings),
      rollback: arm.rollback ?? null,
    }),
  )
  const fingerprint = hashSeed(JSON.stringify([targets, strategy, split])).toString(36)
  return { alias: alias.name, by: split.by, arms, fingerprint }
}

/** Behind targets of its own stand those of the alias: what a new model fails at, they answer. */
function aliasOfArm(
  settings: ArmSettings,
  alias: Alias,
  path: Path,
  book: TargetBook,
  findings: Findings,
): Alias {
  const strategy =
    settings.strategy === undefined ? alias.strategy : strategyChoice(settings.strategy)
  if (settings.targets === undefined) return { ...alias, strategy }
  const targets = compileTargets(settings.targets, strategy, path, book, findings)
  return { ...alias, strategy, targets, fallbacks: [alias.name] }
}
