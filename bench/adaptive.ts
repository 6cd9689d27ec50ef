/**
 * Adaptive routing on recorded rewards and costs of several models.
 * Usage: node bench/adaptive.ts [file.jsonl], one { prompt, arms: { model: { reward, cost } } } per line,
 * costs in dollars.
 */
import { fileURLToPath } from 'node:url'
import { type Recorded, readRecorded } from './adaptive/prompts.ts'
import { runHalves, runStream } from './adaptive/runs.ts'

const shuffles = 10
/** Dollars per request. */
const budgetUsd = 0.8 / 1_000

const file =
  process.argv[2] ??
  fileURLToPath(new URL('../../shared/data/paretobandit/val_k4.jsonl', import.meta.url))
const recorded = readRecorded(file)
if (recorded === null) console.log(`adaptive routing: not measured, ${file} is not there`)
else report(recorded)

function report(recorded: Recorded): void {
  const seeds = Array.from({ length: shuffles }, (_, index) => index + 1)
  const streams = seeds.map((seed) => runStream(recorded, seed))
  const halves = seeds.flatMap((seed) => runHalves(recorded, seed, budgetUsd))
  const row = (name: string, values: readonly number[], worst: number, wanted: string) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    console.log(`${name.padEnd(52)}${mean.toFixed(4)}   ${worst.toFixed(4)}   ${wanted}`)
  }
  console.log(
    `${`adaptive: ${recorded.prompts.length} prompts, ${shuffles} shuffles`.padEnd(52)}mean     worst    wanted`,
  )
  const rewards = streams.map(({ run, best }) => run.reward / best.reward)
  row('learning from the stream: reward / best model', rewards, Math.min(...rewards), '>= 0.99')
  const costs = streams.map(({ run, best }) => run.costUsd / best.costUsd)
  row('  cost / best model', costs, Math.max(...costs), '<= 0.1')
  const warm = halves.map(({ run }) => run.reward)
  row('taught on one half, run on the other: reward', warm, Math.min(...warm), '>= 0.928')
  const gains = halves.map(({ run, mixture }) => run.reward - mixture)
  row('  beyond the best fixed mixture', gains, Math.min(...gains), '> 0')
  const spent = halves.map(({ run }) => run.costUsd / budgetUsd)
  row('  spent / budget ($0.80 per 1,000)', spent, Math.max(...spent), '<= 1.005')
}
