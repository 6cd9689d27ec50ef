import type {
  AdaptiveSettings,
  Alias,
  Policy,
  StrategyChoice,
  StrategyName,
  StrategyWeights,
} from '../catalog.ts'

export const defaultWeights: StrategyWeights = { latency: 60, cost: 40, success: 0, throughput: 0 }

export const defaultAdaptiveSettings: AdaptiveSettings = {
  budgetNanoUsdPerRequest: null,
  exploration: 0.05,
  minimumSamples: 10,
  hysteresis: 0.002,
}

/** A strategy by its name alone, with the settings it has where nobody says otherwise. */
export function choiceOf(name: StrategyName): StrategyChoice {
  if (name === 'weighted') return { name, weights: defaultWeights }
  if (name === 'adaptive') return { name, settings: defaultAdaptiveSettings }
  return { name }
}

/**
 * The strategy for the targets of the alias a request asks for: as its header says, as the client's
 * policy says, or as the alias does; with the alias's settings where it is the same strategy.
 */
export function choiceFor(
  asked: StrategyName | null,
  policy: Policy,
  alias: Alias,
): StrategyChoice {
  // The list of `waybill/auto` is an order already.
  const ordered = alias === policy.auto ? alias.strategy : policy.strategy
  const configured = ordered ?? alias.strategy
  if (asked === null || asked === configured.name) return configured
  return asked === alias.strategy.name ? alias.strategy : choiceOf(asked)
}
