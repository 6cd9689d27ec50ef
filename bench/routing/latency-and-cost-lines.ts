import { seededRandom } from '../../src/core/random.ts'
import { type Run, runRandom, runStrategy } from './contenders.ts'
import {
  atLeast,
  atMost,
  bestAssignmentMs,
  costAt,
  costNanoUsd,
  cut,
  type Line,
  meanTotalMs,
  percent,
} from './figures.ts'
import {
  catalogOf,
  type DollarPrice,
  type MeasuredWorld,
  prices,
  scenarioOf,
} from './measured-world.ts'

const third = 1 / 3
const deals = 20

/** Latency, cost and both, against random choice and against what is possible at all. */
export function latencyAndCostLines(world: MeasuredWorld): Line[] {
  return [...latencyLines(world), ...dealtLines(world)]
}

function latencyLines(world: MeasuredWorld): Line[] {
  const { targets, arrivals } = world
  const catalog = catalogOf(targets, dealt(0))
  const free = { catalog, arrivals, seed: 1, scenario: scenarioOf(targets) }
  const bounded = { ...free, scenario: scenarioOf(targets, { capacity: { share: third } }) }
  const [freeMs, boundedMs] = [free, bounded].map((run) => meanTotalMs(runStrategy(run, 'latency')))
  const [randomMs, boundedRandomMs] = [free, bounded].map((run) => meanTotalMs(runRandom(run)))
  const against = (ms = 0, base = 0) => cut(ms, base)
  const above = (ms = 0, share: number) => ms / bestAssignmentMs(targets, arrivals, share) - 1
  return [
    atLeast('latency: mean total below random, unlimited', 0.6, against(freeMs, randomMs)),
    atLeast(
      'latency: the same, none carries more than a third',
      0.43,
      against(boundedMs, boundedRandomMs),
    ),
    atMost('latency: above the best assignment, unlimited', 0.1, above(freeMs, 1)),
    atMost('latency: above the best assignment, a third each', 0.1, above(boundedMs, third)),
  ]
}

/** Prices are dealt to the targets anew with every seed; the worst deal counts. */
function dealtLines(world: MeasuredWorld): Line[] {
  const { targets, arrivals } = world
  const always = costAt(arrivals, [3, 15])
  const worst = { randomCost: 1, alwaysCost: 1, latency: 1, cost: 1 }
  for (let seed = 1; seed <= deals; seed++) {
    const catalog = catalogOf(targets, dealt(seed))
    const run: Run = { catalog, arrivals, seed, scenario: scenarioOf(targets) }
    const random = runRandom(run)
    const cheapest = costNanoUsd(runStrategy(run, 'cost'))
    worst.randomCost = Math.min(worst.randomCost, cut(cheapest, costNanoUsd(random)))
    worst.alwaysCost = Math.min(worst.alwaysCost, cut(cheapest, always))
    const weighted = runStrategy(run, 'weighted')
    worst.latency = Math.min(worst.latency, cut(meanTotalMs(weighted), meanTotalMs(random)))
    worst.cost = Math.min(worst.cost, cut(costNanoUsd(weighted), costNanoUsd(random)))
  }
  const of = `worst of ${deals} deals`
  return [
    atLeast(`cost: cost below random, ${of}`, 0.9, worst.randomCost),
    atLeast(`cost: cost below always the 3/15 target, ${of}`, 0.78, worst.alwaysCost),
    {
      what: `weighted 60/40: mean total and cost below random, ${of}`,
      target: '≥ 37 % and ≥ 67 %',
      measured: `${percent(worst.latency)} and ${percent(worst.cost)}`,
      ok: worst.latency >= 0.37 && worst.cost >= 0.67,
    },
  ]
}

/** Prices shuffled by seed (Fisher and Yates); seed 0 leaves them as they are. */
function dealt(seed: number): (index: number) => DollarPrice {
  const shuffled: DollarPrice[] = [...prices]
  const random = seededRandom(seed)
  for (let last = shuffled.length - 1; seed > 0 && last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [shuffled[last], shuffled[other]]
    if (a !== undefined && b !== undefined) [shuffled[last], shuffled[other]] = [b, a]
  }
  return (index) => shuffled[index % shuffled.length] ?? prices[0]
}
