import type { Alias, Policy, StrategyName } from '../catalog.ts'
import { choiceFor } from '../plan/choice.ts'
import type { Plan } from '../plan/plan.ts'
import type { DecidedUnder } from './learning.ts'

/**
 * Which alias learns from a request, and under which settings; null where `adaptive` did not decide it.
 * The arm of a split is an alias of its own. `asked` is the strategy the request names.
 */
export function learnsUnder(
  plan: Plan,
  alias: Alias,
  policy: Policy,
  asked: StrategyName | null,
): DecidedUnder | null {
  if (plan.strategy !== 'adaptive') return null
  const own = plan.arm?.arm.alias ?? alias
  const choice = choiceFor(asked, policy, own)
  return choice.name === 'adaptive' ? { alias: own.name, settings: choice.settings } : null
}
