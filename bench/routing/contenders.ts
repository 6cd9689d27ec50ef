import type { Catalog, StrategyName, Target } from '../../src/core/catalog.ts'
import { createFleet, type Fleet } from '../../src/core/health/fleet.ts'
import { resolveModel } from '../../src/core/plan/resolve-model.ts'
import { type Decisions, gatewayDecisions } from '../../src/sim/run/decisions.ts'
import type { Outcome } from '../../src/sim/run/outcome.ts'
import { simulate } from '../../src/sim/run/simulate.ts'
import type { Scenario } from '../../src/sim/scenario/scenario.ts'
import type { Arrival } from '../../src/sim/traffic/arrival.ts'

export interface Run {
  readonly catalog: Catalog
  readonly scenario: Scenario
  readonly arrivals: readonly Arrival[]
  readonly seed: number
}

/** A strategy of the gateway, with everything the gateway knows and does. */
export function runStrategy(run: Run, strategy: StrategyName | null): Outcome[] {
  return simulate({ ...run, decisions: decisions(run, strategy, createFleet(run.catalog.health)) })
}

/** Plain random choice: nothing is measured, nothing is avoided; what fails is asked elsewhere. */
export function runRandom(run: Run): Outcome[] {
  const fleet = blind(() => {})
  return simulate({ ...run, decisions: decisions(run, 'random', fleet) })
}

/**
 * The usual way to balance by latency: the lowest mean of the last ten first-token times, noted when a
 * reply is complete, targets without any first. No load, no age, nothing learned from what still waits.
 */
export function runLeastMean(run: Run): Outcome[] {
  const samples = new Map<string, number[]>()
  const fleet = blind((target, firstTokenMs) => {
    const kept = samples.get(target.name) ?? []
    samples.set(target.name, [...kept.slice(-9), firstTokenMs])
  })
  const inner = decisions(run, 'random', fleet)
  const meanOf = (name: string) => {
    const kept = samples.get(name)
    return kept === undefined ? 0 : kept.reduce((sum, value) => sum + value, 0) / kept.length
  }
  return simulate({
    ...run,
    decisions: {
      ...inner,
      plan(arrival, index, nowMs) {
        const { request, plan } = inner.plan(arrival, index, nowMs)
        if ('class' in plan) return { request, plan }
        const candidates = plan.candidates.toSorted(
          (a, b) => meanOf(a.target.name) - meanOf(b.target.name),
        )
        return { request, plan: { ...plan, candidates } }
      },
    },
  })
}

function decisions(run: Run, strategy: StrategyName | null, fleet: Fleet): Decisions {
  const { catalog, seed } = run
  const policy = catalog.policies.get('default')
  if (policy === undefined) throw new Error('a compiled catalog has a default policy')
  const client = { name: 'local', policy }
  const model = 'chat'
  const resolved = resolveModel(model, catalog, policy)
  if (!resolved.ok) throw new Error(resolved.failure.message)
  const { value } = resolved
  return gatewayDecisions({ catalog, resolved: value, client, model, strategy, fleet, seed })
}

/** Knows nothing of any target, whatever happens; completed replies are told to whoever asks. */
function blind(completed: (target: Target, firstTokenMs: number) => void): Fleet {
  const unknowing = createFleet()
  return {
    vitals: (target) => unknowing.vitals(target),
    heard() {},
    sent(target, _load, sentMs) {
      let firstTokenMs: number | null = null
      return {
        firstOutput(nowMs) {
          firstTokenMs = nowMs - sentMs
        },
        ended({ result }) {
          if (result === 'success' && firstTokenMs !== null) completed(target, firstTokenMs)
        },
      }
    },
  }
}
