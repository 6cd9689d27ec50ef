import type { Outcome } from '../../src/sim/run/outcome.ts'
import type { Regime } from '../../src/sim/scenario/regime-schema.ts'
import { type Run, runLeastMean, runRandom, runStrategy } from './contenders.ts'
import { attemptsPerRequest, type Line, meansOf, p99FirstTokenMs } from './figures.ts'
import {
  catalogOf,
  type MeasuredTarget,
  type MeasuredWorld,
  prices,
  scenarioOf,
} from './measured-world.ts'

const minute = 60_000
/** A third into the trace. */
const from = 20 * minute
/**
 * How slow, and for how long. Whoever needs more than a hundredth of the requests to notice shows in the
 * p99, and a baseline notices the sooner the milder it is: in ten minutes some 40 requests may be caught,
 * in five minutes some 19. After that the p99 is that of the targets that work, whoever reacted how fast.
 */
const troubles = [
  { factor: 10, to: 25 * minute },
  { factor: 20, to: 30 * minute },
] as const
const outageTo = 30 * minute

/** Trouble comes to the target everybody uses, then to all of them. */
export function troubleLines(world: MeasuredWorld): Line[] {
  const fastest = fastestOf(world)
  const lines = troubles.flatMap(({ factor, to }) => {
    const step: Regime = { kind: 'step', from, to, factor }
    const brownOut: Regime = { kind: 'brown-out', from, to, factor, errorRate: 0.3 }
    return [
      ...underRegime(`step × ${factor}`, step, to, fastest, world),
      ...underRegime(`brown-out × ${factor}, 30 % errors`, brownOut, to, fastest, world),
    ]
  })
  return [...lines, totalOutage(world)]
}

function fastestOf({ targets }: MeasuredWorld): MeasuredTarget {
  const [first, ...others] = targets
  if (first === undefined) throw new Error('there are no measured targets')
  const expected = (target: MeasuredTarget) => {
    const { firstTokenMs, msPerToken } = meansOf(target)
    return firstTokenMs + msPerToken * 150
  }
  return others.reduce((best, one) => (expected(one) < expected(best) ? one : best), first)
}

function runUnder(
  regimes: (target: MeasuredTarget) => readonly Regime[],
  { targets, arrivals }: MeasuredWorld,
): Run {
  const catalog = catalogOf(targets, (index) => prices[index % prices.length] ?? prices[0])
  return { catalog, arrivals, seed: 1, scenario: scenarioOf(targets, { regimes }) }
}

const during = (outcomes: readonly Outcome[], to: number) =>
  outcomes.filter(({ arrivedMs }) => arrivedMs >= from && arrivedMs < to)

function underRegime(
  name: string,
  regime: Regime,
  to: number,
  troubled: MeasuredTarget,
  world: MeasuredWorld,
): Line[] {
  const run = runUnder((target) => (target === troubled ? [regime] : []), world)
  const latency = during(runStrategy(run, 'latency'), to)
  const own = p99FirstTokenMs(latency)
  const times = (outcomes: readonly Outcome[]) => p99FirstTokenMs(during(outcomes, to)) / own
  const [random, leastMean] = [times(runRandom(run)), times(runLeastMean(run))]
  const { seconds, requests } = reaction(latency, troubled.name)
  return [
    twice(`${name}: p99 first token better than random`, random),
    twice(`${name}: better than least mean of 10 samples`, leastMean),
    {
      what: `${name}: until it is avoided`,
      target: '≤ 2 s or ≤ 20 requests',
      measured: `${seconds.toFixed(1)} s, ${requests} requests`,
      ok: seconds <= 2 || requests <= 20,
    },
  ]
}

function twice(what: string, times: number): Line {
  return { what, target: '≥ 2 ×', measured: `${times.toFixed(1)} ×`, ok: times >= 2 }
}

/** Until at most 2 of the next 20 requests are sent to the troubled target first. */
function reaction(outcomes: readonly Outcome[], troubled: string) {
  const hit = outcomes.map(({ firstTarget }) => (firstTarget === troubled ? 1 : 0))
  const settled = hit.findIndex(
    (_, index) => hit.slice(index, index + 20).reduce<number>((sum, one) => sum + one, 0) <= 2,
  )
  const last = settled < 0 ? outcomes.length - 1 : settled
  const requests = hit.slice(0, last).reduce<number>((sum, one) => sum + one, 0)
  return { seconds: ((outcomes[last]?.arrivedMs ?? from) - from) / 1_000, requests }
}

function totalOutage(world: MeasuredWorld): Line {
  const outage: Regime = { kind: 'outage', from, to: outageTo, how: 'error' }
  const outcomes = during(
    runStrategy(
      runUnder(() => [outage], world),
      'latency',
    ),
    outageTo,
  )
  const attempts = attemptsPerRequest(outcomes)
  return {
    what: 'total outage: upstream attempts per request',
    target: '≤ 1.2',
    measured: attempts.toFixed(2),
    ok: attempts <= 1.2,
  }
}
