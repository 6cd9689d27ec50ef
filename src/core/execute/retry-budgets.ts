import type { Alias, RetryBudgetSettings } from '../catalog.ts'
import { defaultRetryBudget, RetryBudget } from './retry-budget.ts'

/** The retry budgets of a gateway: one for all traffic, and one for each alias that has its own. */
export interface RetryBudgets {
  /** `shared` are the settings of the budget for all traffic; absent: the defaults. */
  of(alias: Alias | null, shared: RetryBudgetSettings | undefined): RetryBudget
  /** Further attempts that were not made for want of budget, over all budgets there have been. */
  refused(): number
}

/** Aliases are configured, but configurations change; the one that was used first makes room. */
const mostBudgets = 1_000
const everyone = ''

/** A reload that leaves the settings as they are leaves what was spent as it is. */
export function createRetryBudgets(): RetryBudgets {
  const open = new Map<string, { settings: RetryBudgetSettings; budget: RetryBudget }>()
  let refused = 0
  const onRefused = () => {
    refused++
  }

  const budgetOf = (name: string, settings: RetryBudgetSettings): RetryBudget => {
    const known = open.get(name)
    if (known !== undefined && equal(known.settings, settings)) return known.budget
    const [first] = open.keys()
    if (open.size >= mostBudgets && first !== undefined) open.delete(first)
    const budget = new RetryBudget(settings, onRefused)
    open.set(name, { settings, budget })
    return budget
  }

  return {
    of(alias, shared) {
      const own = alias?.retryBudget ?? null
      return alias === null || own === null
        ? budgetOf(everyone, shared ?? defaultRetryBudget)
        : budgetOf(alias.name, own)
    },
    refused: () => refused,
  }
}

function equal(one: RetryBudgetSettings, other: RetryBudgetSettings): boolean {
  return one === other || (one.share === other.share && one.floor === other.floor)
}
