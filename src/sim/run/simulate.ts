import { createEventQueue } from '../event-queue.ts'
import { createSimulatedTarget, type SimulatedTarget } from '../provider/simulated-target.ts'
import { UndescribedTarget } from '../scenario/missing-targets.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Arrival } from '../traffic/arrival.ts'
import type { Decisions } from './decisions.ts'
import type { Outcome } from './outcome.ts'
import { runRequest } from './request-run.ts'
import type { World } from './world.ts'

export interface Simulation {
  readonly scenario: Scenario
  /** In the order of their times. */
  readonly arrivals: readonly Arrival[]
  readonly decisions: Decisions
  readonly seed: number
}

/**
 * Lets the traffic meet the providers, from the first arrival until the last request has ended. The
 * outcomes stand in the order in which the requests arrived.
 */
export function simulate({ scenario, arrivals, decisions, seed }: Simulation): Outcome[] {
  const outcomes: Outcome[] = []
  const queue = createEventQueue()
  const targets = new Map<string, { simulated: SimulatedTarget; index: number }>()
  for (const [name, behaviour] of scenario.behaviours) {
    const simulated = createSimulatedTarget(behaviour, queue.nowMs)
    targets.set(name, { simulated, index: targets.size })
  }
  const shared = [...scenario.behaviours]
    .filter(([, { capacity }]) => capacity.share !== null)
    .flatMap(([name]) => targets.get(name)?.simulated ?? [])
  const world: World = {
    queue,
    decisions,
    seed,
    target(name) {
      const target = targets.get(name)
      if (target === undefined) throw new UndescribedTarget(name)
      return target
    },
    finished: (outcome) => outcomes.push(outcome),
  }
  const arrive = (index: number) => {
    const arrival = arrivals[index]
    if (arrival === undefined) return
    // The next one is put into the queue only now, so that the queue stays as small as the load.
    queue.at(arrival.atMs, () => {
      arrive(index + 1)
      for (const target of shared) target.requestArrived()
      runRequest(world, index, arrival)
    })
  }
  arrive(0)
  queue.run()
  return outcomes.sort((a, b) => a.index - b.index)
}
