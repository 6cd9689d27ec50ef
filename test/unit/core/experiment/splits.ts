import type { Rollback, Split } from '../../../../src/core/experiment/split.ts'
import { anAlias, aTarget } from '../plans.ts'

export const usualRollback: Rollback = {
  errors: 0.01,
  latency: 0.25,
  cost: 0.25,
  minimumSamples: 30,
}

/** Arms by weight, the first the control, the others canaries; arm `x` has the target `x/m`. */
export function aSplit(
  weights: Readonly<Record<string, number>>,
  options: Partial<Split> = {},
): Split {
  const alias = options.alias ?? 'assistant'
  return {
    alias,
    by: 'user',
    arms: Object.entries(weights).map(([name, weight], index) => ({
      name,
      weight,
      alias: anAlias(alias, [aTarget(`${name}/m`)]),
      rollback: index === 0 ? null : usualRollback,
    })),
    fingerprint: JSON.stringify(weights),
    ...options,
  }
}
