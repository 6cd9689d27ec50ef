import { runStrategy } from './contenders.ts'
import { atLeast, atMost, cut, type Line, p99FirstTokenMs, sum, tailOf } from './figures.ts'
import {
  catalogOf,
  type MeasuredTarget,
  type MeasuredWorld,
  prices,
  scenarioOf,
} from './measured-world.ts'

/** The slowest hundredth is more than so many times the median, or less. */
const heavy = 10
const light = 3

/**
 * Each target first, another one behind it for the hedge alone. Only those that never fail, so that
 * nothing but the hedge makes extra calls; the worst partner counts.
 */
export function hedgeLines(world: MeasuredWorld): Line[] {
  const steady = world.targets.filter(({ calls }) => calls.every(({ kind }) => kind === 'reply'))
  const heavyTailed = steady.filter((target) => tailOf(target) > heavy)
  const lightTailed = steady.filter((target) => tailOf(target) < light)
  const quiet = lightTailed.map((first, index) => {
    const second = lightTailed[(index + 1) % lightTailed.length] ?? first
    return hedged(first, second, world).extra
  })
  return [
    ...heavyTailed.flatMap((first) => {
      const pairs = lightTailed.map((second) => hedged(first, second, world))
      const name = `hedge auto on ${first.provider}, worst of ${pairs.length} partners`
      return [
        atLeast(`${name}: p99 first token cut`, 0.9, Math.min(...pairs.map((one) => one.p99Cut))),
        atMost(`${name}: extra calls`, 0.16, Math.max(...pairs.map(({ extra }) => extra))),
      ]
    }),
    atMost(
      `hedge auto on ${quiet.length} light tails: most extra calls`,
      0.005,
      Math.max(...quiet),
    ),
  ]
}

function hedged(first: MeasuredTarget, second: MeasuredTarget, { arrivals }: MeasuredWorld) {
  const targets = first === second ? [first] : [first, second]
  const run = { arrivals, seed: 1, scenario: scenarioOf(targets) }
  const plain = catalogOf(targets, () => prices[0])
  const hedging = catalogOf(targets, () => prices[0], ['hedge: { after: auto, budget: 16% }'])
  const alone = runStrategy({ ...run, catalog: plain }, null)
  const helped = runStrategy({ ...run, catalog: hedging }, null)
  return {
    p99Cut: cut(p99FirstTokenMs(helped), p99FirstTokenMs(alone)),
    extra: sum(helped.map(({ hedges }) => hedges)) / helped.length,
  }
}
