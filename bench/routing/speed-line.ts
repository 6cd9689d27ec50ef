import { shapeTraffic } from '../../src/sim/traffic/shape-traffic.ts'
import { runStrategy } from './contenders.ts'
import type { Line } from './figures.ts'
import { catalogOf, type MeasuredWorld, prices, scenarioOf } from './measured-world.ts'

const requests = 100_000

/** How long this machine takes for a simulation of usual size; the only line that is not the same everywhere. */
export function speedLine({ targets, arrivals }: MeasuredWorld): Line {
  const run = {
    catalog: catalogOf(targets, (index) => prices[index % prices.length] ?? prices[0]),
    arrivals: shapeTraffic(arrivals, requests, 1),
    seed: 1,
    scenario: scenarioOf(targets),
  }
  const startedMs = performance.now()
  runStrategy(run, 'weighted')
  const seconds = (performance.now() - startedMs) / 1_000
  return {
    what: `simulation of ${requests} requests, weighted`,
    target: '≤ 10 s',
    measured: `${seconds.toFixed(1)} s`,
    ok: seconds <= 10,
  }
}
