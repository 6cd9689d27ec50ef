import type { Catalog, StrategyName } from '../core/catalog.ts'
import { createFleet } from '../core/health/fleet.ts'
import type { Resolved } from '../core/plan/make-plan.ts'
import { resolveModel } from '../core/plan/resolve-model.ts'
import { clientNamed } from './client-named.ts'
import type { SimulationReport } from './report/json-report.ts'
import { tally } from './report/tally.ts'
import { gatewayDecisions } from './run/decisions.ts'
import { simulate } from './run/simulate.ts'
import { missingTargets, notDescribed, UndescribedTarget } from './scenario/missing-targets.ts'
import type { Scenario } from './scenario/scenario.ts'
import type { Arrival } from './traffic/arrival.ts'
import { poissonTraffic } from './traffic/poisson-traffic.ts'
import { shapeTraffic } from './traffic/shape-traffic.ts'

export interface Comparison {
  readonly catalog: Catalog
  readonly scenario: Scenario
  /** null: the traffic of the scenario. */
  readonly trace: readonly Arrival[] | null
  /** null: the only public name there is. */
  readonly model: string | null
  /** null: somebody without a key, under the default policy. */
  readonly client: string | null
  /** null stands for the one the configuration chooses. */
  readonly strategies: readonly (StrategyName | null)[]
  readonly seed: number
  readonly speed: number
  /** null: the trace once, or as many as show a tail. */
  readonly requests: number | null
}

/** Of synthetic traffic, unless said otherwise. */
const usualRequests = 10_000

/** Every strategy on the same traffic and the same luck; or one sentence that says what is wrong. */
export function compareStrategies(comparison: Comparison): SimulationReport | string {
  const { catalog, scenario, seed } = comparison
  const client = clientNamed(comparison.client, catalog)
  if (typeof client === 'string') return client
  const model = comparison.model ?? onlyModel(catalog)
  if (model === null) return 'Say with --model what the requests ask for: there are several models.'
  const inForce = { catalog, client }
  const resolution = resolveModel(model, catalog, client.policy)
  if (!resolution.ok) return resolution.failure.message
  const resolved = resolution.value
  const arrivals = trafficOf(comparison)
  if (arrivals === null) {
    return 'There is no traffic: name a --trace, or describe traffic: in the file of providers.'
  }
  const missing = missingTargets(resolved, catalog, scenario)
  if (missing.length > 0) return notDescribed(missing, scenario)
  const run = (strategy: StrategyName | null) => {
    const fleet = createFleet(catalog.health)
    const decisions = gatewayDecisions({ ...inForce, resolved, model, strategy, fleet, seed })
    const outcomes = simulate({ scenario, arrivals, seed, decisions })
    return tally(strategy ?? configuredStrategy(resolved), outcomes)
  }
  const requests = arrivals.length
  const durationMs = arrivals.at(-1)?.atMs ?? 0
  try {
    return { model, seed, requests, durationMs, strategies: comparison.strategies.map(run) }
  } catch (error) {
    if (!(error instanceof UndescribedTarget)) throw error
    return notDescribed([error.target], scenario)
  }
}

function onlyModel(catalog: Catalog): string | null {
  const [only, another] = new Set([...catalog.aliases.values()].map(({ name }) => name))
  return another === undefined ? (only ?? null) : null
}

function trafficOf(comparison: Comparison): readonly Arrival[] | null {
  const { trace, scenario, seed, speed, requests } = comparison
  if (trace !== null) return shapeTraffic(trace, requests ?? trace.length, speed)
  if (scenario.traffic === null) return null
  const synthetic = poissonTraffic(scenario.traffic, requests ?? usualRequests, seed)
  return shapeTraffic(synthetic, synthetic.length, speed)
}

function configuredStrategy(resolved: Resolved): string {
  return resolved.as === 'alias' ? resolved.alias.strategy.name : 'direct'
}
