import { describe, expect, it } from 'vitest'
import { htmlReport } from '../../../src/sim/report/html-report.ts'
import { jsonReport } from '../../../src/sim/report/json-report.ts'
import { quantilesOf } from '../../../src/sim/report/quantiles.ts'
import { comparisonRow } from '../../../src/sim/report/table-report.ts'
import { tally } from '../../../src/sim/report/tally.ts'
import type { Outcome } from '../../../src/sim/run/outcome.ts'

const answered: Outcome = {
  index: 0,
  arrivedMs: 0,
  failure: null,
  firstTarget: 'one/a',
  target: 'one/a',
  firstTokenMs: 100,
  totalMs: 1_000,
  costNanoUsd: 2_000_000,
  attempts: 1,
  hedges: 0,
  panic: false,
}

const outcomes: readonly Outcome[] = [
  answered,
  { ...answered, index: 1, arrivedMs: 500, target: 'two/b', attempts: 2, firstTokenMs: 300 },
  { ...answered, index: 2, arrivedMs: 900, attempts: 2, hedges: 1, firstTokenMs: 200 },
  {
    ...answered,
    index: 3,
    arrivedMs: 999,
    failure: 'overloaded',
    target: null,
    firstTokenMs: null,
    attempts: 3,
    costNanoUsd: 0,
    panic: true,
  },
]

describe('quantiles', () => {
  it('are exact, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(quantilesOf(values)).toEqual({ mean: 50.5, p50: 50, p95: 95, p99: 99 })
    expect(quantilesOf([])).toEqual({ mean: 0, p50: 0, p95: 0, p99: 0 })
  })
})

describe('a report', () => {
  const strategy = tally('latency', outcomes)
  const report = {
    model: '<b>&chat',
    seed: 1,
    requests: 4,
    durationMs: 999,
    strategies: [strategy],
  }

  it('counts requests, attempts and money', () => {
    expect(strategy).toMatchObject({
      requests: 4,
      succeeded: 3,
      success: 0.75,
      costUsd: 0.006,
      attempts: 8,
      retries: 3,
      hedges: 1,
      panics: 1,
      failures: [{ class: 'overloaded', requests: 1 }],
      targets: [
        { target: 'one/a', answered: 2, share: 0.5 },
        { target: 'two/b', answered: 1, share: 0.25 },
      ],
    })
    expect(strategy.firstTokenMs).toEqual({ mean: 200, p50: 200, p95: 300, p99: 300 })
    expect(strategy.slices.reduce((sum, slice) => sum + slice.requests, 0)).toBe(4)
  })

  it('does not call an unknown cost zero', () => {
    const unknown = tally('cost', [answered, { ...answered, costNanoUsd: null }])
    expect(unknown.costUsd).toBeNull()
    expect(comparisonRow(unknown)).toContain('unknown')
  })

  it('is a page that needs nothing beside itself and says all of it in words', () => {
    const page = htmlReport(report)
    expect(page).not.toMatch(/<script|https?:|url\(|@import|<link/)
    expect(page).toContain('&lt;b&gt;&amp;chat')
    expect(page.match(/<svg [^>]*role="img" aria-labelledby/g)).toHaveLength(3)
    expect(page.match(/<th scope="col">/g)?.length).toBeGreaterThan(10)
    expect(page).not.toContain('NaN')
    expect(page).toContain('prefers-color-scheme: dark')
  })

  it('keeps its numbers in JSON to what is not noise', () => {
    expect(JSON.parse(jsonReport(report))).toMatchObject({ strategies: [{ costUsd: 0.006 }] })
    const third = { ...report, durationMs: 1 / 3 }
    expect(jsonReport(third)).toContain('"durationMs": 0.333333,')
  })
})
