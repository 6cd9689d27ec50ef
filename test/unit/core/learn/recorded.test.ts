import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readRecorded } from '../../../../bench/adaptive/prompts.ts'
import { runHalves, runStream } from '../../../../bench/adaptive/runs.ts'

const file = fileURLToPath(
  new URL('../../../../../shared/data/paretobandit/val_k4.jsonl', import.meta.url),
)
const recorded = readRecorded(file)
if (recorded === null) process.stderr.write(`skipped: no recorded rewards at ${file}\n`)

const budgetUsd = 0.8 / 1_000
const seeds = [1, 2, 3]
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe.skipIf(recorded === null)('adaptive on recorded rewards', () => {
  it('comes near the best model for a tenth of its cost, learning from what it sees', () => {
    if (recorded === null) return
    const runs = seeds.map((seed) => runStream(recorded, seed))
    expect(mean(runs.map(({ run, best }) => run.reward / best.reward))).toBeGreaterThanOrEqual(0.99)
    for (const { run, best } of runs) expect(run.costUsd / best.costUsd).toBeLessThanOrEqual(0.1)
  })

  it('beats every fixed mixture on prompts it has not seen, within the budget', () => {
    if (recorded === null) return
    const runs = seeds.flatMap((seed) => runHalves(recorded, seed, budgetUsd))
    expect(mean(runs.map(({ run }) => run.reward))).toBeGreaterThanOrEqual(0.928)
    expect(mean(runs.map(({ run, mixture }) => run.reward - mixture))).toBeGreaterThan(0.002)
    for (const { run } of runs) expect(run.costUsd).toBeLessThanOrEqual(1.005 * budgetUsd)
  })
})
