import { describe, expect, it } from 'vitest'
import { openExperiments } from '../../../../src/core/experiment/experiments.ts'
import type { ArmOutcome } from '../../../../src/core/experiment/outcome-of.ts'
import type { Assignment, Split } from '../../../../src/core/experiment/split.ts'
import { aSplit } from './splits.ts'

const wallMs = Date.UTC(2026, 10, 20, 12)
const good: ArmOutcome = { failed: false, latencyMs: 800, costNanoUsd: 2_000_000 }
const bad: ArmOutcome = { failed: true, latencyMs: null, costNanoUsd: 0 }

function assigned(split: Split, name: string): Assignment {
  const arm = split.arms.find((one) => one.name === name)
  if (arm === undefined) throw new Error(`no arm ${name}`)
  return { split, arm, reason: '' }
}

/** Outcomes one after the other; answers the first rollback. */
function feed(
  experiments: ReturnType<typeof openExperiments>,
  split: Split,
  arm: string,
  outcomes: readonly ArmOutcome[],
): string | null {
  let because: string | null = null
  for (const outcome of outcomes) {
    because = experiments.observe(assigned(split, arm), outcome, wallMs) ?? because
  }
  return because
}

const times = (count: number, outcome: ArmOutcome): ArmOutcome[] =>
  Array.from({ length: count }, (_, index) => ({
    ...outcome,
    // Values that never differ have no variance; the world's do.
    latencyMs: outcome.latencyMs === null ? null : outcome.latencyMs + (index % 7) * 10,
  }))

describe('experiments', () => {
  const split = aSplit({ control: 90, canary: 10 })

  it('roll a failing canary back once, with the reason and the time', () => {
    const experiments = openExperiments()
    experiments.use([split])
    feed(experiments, split, 'control', times(200, good))
    expect(experiments.halted(split, 'canary')).toBeNull()
    const because = feed(experiments, split, 'canary', times(60, bad))
    expect(because).toBe(
      '100 % of requests fail more than in the control, where 1 % may be, over 30 requests (2026-11-20T12:00:00.000Z)',
    )
    expect(experiments.halted(split, 'canary')).toBe(because)
    expect(feed(experiments, split, 'canary', times(5, bad))).toBeNull()
    expect(experiments.halted(split, 'control')).toBeNull()
  })

  it('roll back for latency and for cost', () => {
    for (const [what, worse] of [
      ['latency', { ...good, latencyMs: 1_600 }],
      ['cost', { ...good, costNanoUsd: 4_000_000 }],
    ] as const) {
      const experiments = openExperiments()
      experiments.use([split])
      feed(experiments, split, 'control', times(300, good))
      const because = feed(experiments, split, 'canary', times(200, worse))
      expect(because, what).toMatch(new RegExp(`more ${what} than the control, where 25 % may be`))
    }
  })

  it('leave alone an arm without thresholds, and one whose costs nobody knows', () => {
    const experiments = openExperiments()
    const open = aSplit({ control: 50, canary: 50 })
    const arms = open.arms.map((arm) => ({ ...arm, rollback: null }))
    const split = { ...open, arms }
    experiments.use([split])
    feed(experiments, split, 'control', times(200, good))
    expect(feed(experiments, split, 'canary', times(200, bad))).toBeNull()
    const unpriced = openExperiments()
    unpriced.use([open])
    feed(unpriced, open, 'control', times(200, { ...good, costNanoUsd: null }))
    expect(feed(unpriced, open, 'canary', times(200, { ...good, costNanoUsd: null }))).toBeNull()
    expect(unpriced.report(open)[1]?.comparison?.cost).toBeNull()
  })

  it('report every arm, also before the first request', () => {
    const experiments = openExperiments()
    expect(experiments.report(split)).toEqual([
      {
        arm: 'control',
        requests: 0,
        errorRate: null,
        latencyMs: null,
        costNanoUsd: null,
        comparison: null,
        rolledBack: null,
      },
      {
        arm: 'canary',
        requests: 0,
        errorRate: null,
        latencyMs: null,
        costNanoUsd: null,
        comparison: { errors: null, latency: null, cost: null },
        rolledBack: null,
      },
    ])
    experiments.use([split])
    feed(experiments, split, 'control', times(70, good))
    feed(experiments, split, 'canary', [
      ...times(63, { ...good, latencyMs: 400 }),
      ...times(7, bad),
    ])
    const [control, canary] = experiments.report(split)
    expect(control?.latencyMs).toBeCloseTo(830, -1)
    expect(control?.costNanoUsd).toBeCloseTo(2_000_000, 0)
    expect(canary).toMatchObject({ requests: 70, errorRate: 0.1 })
    expect(canary?.comparison?.latency?.estimate).toBeCloseTo(-0.48, 1)
    expect(canary?.comparison?.latency?.high).toBeLessThan(0)
    expect(canary?.comparison?.errors?.low).toBeLessThan(0.1)
  })

  it('survive a restart', () => {
    const before = openExperiments()
    before.use([split])
    feed(before, split, 'control', times(200, good))
    feed(before, split, 'canary', times(60, bad))
    const after = openExperiments(JSON.parse(JSON.stringify(before.snapshot())))
    expect(after.halted(split, 'canary')).toBe(before.halted(split, 'canary'))
    after.use([split])
    expect(after.report(split)).toEqual(before.report(split))
    expect(after.snapshot()).toEqual(before.snapshot())
  })

  it('begin anew when the split changes, and ignore what still comes from before', () => {
    const experiments = openExperiments()
    const other = aSplit({ a: 1, b: 1 }, { alias: 'other' })
    experiments.use([split, other])
    feed(experiments, split, 'control', times(200, good))
    feed(experiments, other, 'a', times(10, good))
    feed(experiments, split, 'canary', times(60, bad))
    const changed = aSplit({ control: 80, canary: 20 })
    experiments.use([changed, other])
    expect(experiments.halted(changed, 'canary')).toBeNull()
    expect(feed(experiments, split, 'canary', times(60, bad))).toBeNull()
    expect(experiments.report(changed).map(({ requests }) => requests)).toEqual([0, 0])
    expect(experiments.report(other)[0]?.requests).toBe(10)
  })

  it('read snapshots that are broken as far as they go', () => {
    for (const broken of [
      null,
      3,
      [],
      { assistant: 7 },
      { assistant: { fingerprint: 'x', arms: 5 } },
    ]) {
      const experiments = openExperiments(broken)
      experiments.use([split])
      expect(experiments.report(split)[0]?.requests).toBe(0)
    }
    const partly = openExperiments({
      assistant: {
        fingerprint: split.fingerprint,
        arms: {
          control: { results: { requests: 'many' } },
          canary: { results: null, rolledBack: 'x' },
        },
      },
    })
    expect(partly.halted(split, 'canary')).toBeNull()
  })
})
