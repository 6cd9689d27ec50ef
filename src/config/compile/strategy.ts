import type { StrategyChoice, StrategyName } from '../../core/catalog.ts'
import { choiceOf } from '../../core/plan/choice.ts'
import type { AliasSettings } from '../settings.ts'

export type StrategySettings = AliasSettings['strategy']

/** A strategy as the configuration writes it, with all its settings. */
export function strategyChoice(settings: StrategySettings): StrategyChoice {
  if (typeof settings === 'string') return choiceOf(settings)
  if (settings.weighted !== undefined) return { name: 'weighted', weights: settings.weighted }
  const { adaptive } = settings
  if (adaptive === undefined) throw new Error('the schema lets no strategy through without a name')
  const { budget, exploration, minimumSamples, hysteresis } = adaptive
  return {
    name: 'adaptive',
    settings: {
      budgetNanoUsdPerRequest: budget === undefined ? null : Math.round(budget * 1e9),
      exploration: exploration === 'off' ? 0 : exploration,
      minimumSamples,
      hysteresis,
    },
  }
}

/** Strategies that look at the weights of the targets. */
const weighing: ReadonlySet<StrategyName> = new Set(['random', 'least-busy', 'capability'])

/** What to say of a weight that a strategy does not look at; null where it does. */
export function idleWeight({ name }: StrategyChoice): string | null {
  if (weighing.has(name)) return null
  return `has no effect with strategy ${name}; use strategy: random`
}
