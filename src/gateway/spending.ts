import type { Alias, RetryBudgetSettings } from '../core/catalog.ts'
import type { RetryBudget } from '../core/execute/retry-budget.ts'
import type { Permits } from '../core/execute/situation.ts'
import type { Vitals } from '../core/health/vitals.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Knowledge } from './knowledge.ts'
import type { Clock } from './ports.ts'
import { candidateOf } from './trial.ts'

export interface SpendingInput {
  readonly knowledge: Knowledge
  readonly plan: Plan
  /** The alias the client asked for; null for a target it named itself. */
  readonly alias: Alias | null
  /** Of all traffic; absent: the defaults. */
  readonly retryBudget: RetryBudgetSettings | undefined
}

/** What one request may still do: the fleet as it is now, and the budgets it pays into and draws from. */
export class Spending implements Permits {
  readonly #input: SpendingInput
  readonly #clock: Clock
  readonly #budget: RetryBudget

  constructor(input: SpendingInput, clock: Clock) {
    this.#input = input
    this.#clock = clock
    this.#budget = input.knowledge.retryBudgets.of(input.alias, input.retryBudget)
  }

  /** Only streams are hedged, so only they pay for hedges. */
  arrived(streaming: boolean, nowMs: number): void {
    const { plan, alias, knowledge } = this.#input
    const costNanoUsd = plan.candidates[0]?.outlook.costNanoUsd ?? null
    this.#budget.arrived(costNanoUsd, nowMs)
    if (alias?.hedge != null && streaming) knowledge.hedging.arrived(alias.name, alias.hedge)
  }

  vitals(candidate: number): Vitals {
    const { knowledge, plan } = this.#input
    return knowledge.fleet.vitals(candidateOf(plan, candidate).target)
  }

  retry(costNanoUsd: number | null): boolean {
    return this.#budget.allows(costNanoUsd, this.#clock.monotonicMs(), this.#input.plan.panic)
  }

  hedge(): boolean {
    const { alias, knowledge } = this.#input
    return alias !== null && knowledge.hedging.allows(alias.name)
  }

  /** A further attempt goes out, as a remedy for one that failed. */
  drawRetry(candidate: number): void {
    const { costNanoUsd } = candidateOf(this.#input.plan, candidate).outlook
    this.#budget.withdraw(costNanoUsd, this.#clock.monotonicMs())
  }

  /** A second attempt goes out beside the first. */
  drawHedge(): void {
    const { alias, knowledge } = this.#input
    if (alias !== null) knowledge.hedging.withdraw(alias.name)
  }
}
