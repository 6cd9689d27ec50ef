import type { Amounts } from './bindings.ts'
import type { Metric } from './limit.ts'

/** How much of what a limit counts; null where the cost is not known. */
export function amountOf(metric: Metric, amounts: Amounts): number | null {
  switch (metric) {
    case 'requests':
    case 'concurrent':
      return 1
    case 'inputTokens':
      return amounts.inputTokens
    case 'outputTokens':
      return amounts.outputTokens
    case 'tokens':
      return amounts.inputTokens + amounts.outputTokens
    case 'cost':
      return amounts.costNanoUsd
  }
}
