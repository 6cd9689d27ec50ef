import type { AttemptRecord } from '../../core/account/record.ts'
import type { Catalog, Client, StrategyName } from '../../core/catalog.ts'
import { Hedging } from '../../core/execute/hedging.ts'
import { defaultRetryBudget, RetryBudget } from '../../core/execute/retry-budget.ts'
import type { Permits } from '../../core/execute/situation.ts'
import type { Failure } from '../../core/failure.ts'
import type { Fleet } from '../../core/health/fleet.ts'
import { createLearning } from '../../core/learn/learning.ts'
import { learnsUnder } from '../../core/learn/learns-under.ts'
import { makePlan, type Resolved } from '../../core/plan/make-plan.ts'
import type { Occasion } from '../../core/plan/occasion.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { hashSeed } from '../../core/random.ts'
import type { Request } from '../../core/request.ts'
import { candidateOf } from '../../gateway/trial.ts'
import type { Arrival } from '../traffic/arrival.ts'
import { type Ended, simulatedRecord } from './simulated-record.ts'
import { simulatedRequest } from './simulated-request.ts'

/** What a running gateway keeps between requests, and what it decides with it. */
export interface Decisions {
  readonly fleet: Fleet
  /** A request arrived, the `index`th. */
  plan(arrival: Arrival, index: number, nowMs: number): Planned
  /** What `nextAction` may ask about targets and budgets. */
  permits(plan: Plan, nowMs: number): Permits
  /** Another attempt after a failure goes out; its expected cost, null when unknown. */
  retried(costNanoUsd: number | null, nowMs: number): void
  /** A second attempt beside the first goes out. */
  hedged(): void
  /** A request is over; `attempts` are only asked for where somebody learns from them. */
  finished(
    ended: Omit<Ended, 'attempts'>,
    attempts: () => readonly AttemptRecord[],
    nowMs: number,
  ): void
}

export interface Planned {
  readonly request: Request
  readonly plan: Plan | Failure
}

export interface GatewayInput {
  readonly catalog: Catalog
  readonly resolved: Resolved
  readonly client: Client
  /** As the client writes it. */
  readonly model: string
  /** null: as configured. */
  readonly strategy: StrategyName | null
  /** What it knows of its targets, nothing yet. */
  readonly fleet: Fleet
  readonly seed: number
}

/** The decisions of the gateway itself: its planner, its fleet, its budgets, its hedges. */
export function gatewayDecisions(input: GatewayInput): Decisions {
  const { catalog, resolved, client, model, strategy, fleet, seed } = input
  const alias = resolved.as === 'alias' ? resolved.alias : null
  const hedging = new Hedging()
  const retries = new RetryBudget(alias?.retryBudget ?? catalog.retryBudget ?? defaultRetryBudget)
  const hedge = alias?.hedge ?? null
  const learning = createLearning()

  return {
    fleet,
    plan(arrival, index, nowMs) {
      const request = simulatedRequest(index, arrival, model, strategy)
      const plan = makePlan(request, resolved, catalog, {
        fleet,
        nowMs,
        seed: hashSeed(`${seed}:${index}`),
        turn: index,
        occasion: occasionOf(client, catalog, nowMs),
        learnerOf: learning.learnerOf,
        warmth: null,
        hedging,
      })
      if ('class' in plan) return { request, plan }
      retries.arrived(plan.candidates[0]?.outlook.costNanoUsd ?? null, nowMs)
      if (alias !== null && hedge !== null) hedging.arrived(alias.name, hedge)
      return { request, plan }
    },
    permits: (plan, nowMs) => ({
      vitals: (candidate) => fleet.vitals(candidateOf(plan, candidate).target),
      retry: (costNanoUsd) => retries.allows(costNanoUsd, nowMs, plan.panic),
      hedge: () => alias !== null && hedging.allows(alias.name),
    }),
    retried: (costNanoUsd, nowMs) => retries.withdraw(costNanoUsd, nowMs),
    hedged: () => {
      if (alias !== null) hedging.withdraw(alias.name)
    },
    finished(ended, attempts, nowMs) {
      if (alias === null) return
      const under = learnsUnder(ended.plan, alias, client.policy, strategy)
      if (under === null) return
      const record = simulatedRecord({ ...ended, attempts: attempts() }, client)
      learning.finished(ended.request, record, under, nowMs)
    },
  }
}

/** Somebody without a region; the day of the simulation begins with it, at midnight UTC. */
function occasionOf(client: Client, catalog: Catalog, nowMs: number): Occasion {
  return {
    client,
    region: null,
    wallMs: nowMs,
    rule: null,
    regions: catalog.regions ?? null,
    regionTimes: null,
    experiments: null,
  }
}
