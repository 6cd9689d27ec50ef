import path from 'node:path'
import { readRecorded } from '../adaptive/prompts.ts'
import { runHalves, runStream } from '../adaptive/runs.ts'
import { type Line, percent, sum } from './figures.ts'

const shuffles = 10
/** Dollars per request. */
const budgetUsd = 0.8 / 1_000

/** What `adaptive` learns from recorded rewards: means over ten shuffles; `bench/adaptive.ts` shows more. */
export function adaptiveLines(folder: string): Line[] {
  const recorded = readRecorded(path.join(folder, 'paretobandit/val_k4.jsonl'))
  if (recorded === null) return []
  const seeds = Array.from({ length: shuffles }, (_, index) => index + 1)
  const streams = seeds.map((seed) => runStream(recorded, seed))
  const halves = seeds.flatMap((seed) => runHalves(recorded, seed, budgetUsd))
  const reward = mean(streams.map(({ run, best }) => run.reward / best.reward))
  const cost = mean(streams.map(({ run, best }) => run.costUsd / best.costUsd))
  const warm = mean(halves.map(({ run }) => run.reward))
  const overshoot = Math.max(...halves.map(({ run }) => run.costUsd / budgetUsd)) - 1
  return [
    {
      what: 'adaptive from the stream: reward and cost of the best model',
      target: '≥ 99 % and ≤ 10 %',
      measured: `${percent(reward)} and ${percent(cost)}`,
      ok: reward >= 0.99 && cost <= 0.1,
    },
    {
      what: 'adaptive warm-started, $0.80 per 1,000: reward',
      target: '≥ 0.928',
      measured: warm.toFixed(4),
      ok: warm >= 0.928,
    },
    {
      what: 'adaptive warm-started: worst overshoot of the budget',
      target: '≤ 0.5 %',
      measured: percent(Math.max(0, overshoot)),
      ok: overshoot <= 0.005,
    },
  ]
}

const mean = (values: readonly number[]): number => sum(values) / values.length
