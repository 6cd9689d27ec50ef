import type { StrategyReport } from './tally.ts'

/** What was simulated, for every form of the report. No dates, no machine: equal inputs, equal bytes. */
export interface SimulationReport {
  readonly model: string
  readonly seed: number
  readonly requests: number
  /** From the first request to the last, in milliseconds. */
  readonly durationMs: number
  readonly strategies: readonly StrategyReport[]
}

/** Milliseconds to a thousandth, dollars to a billionth: more is noise of the arithmetic. */
export function jsonReport(report: SimulationReport): string {
  return JSON.stringify(
    report,
    (key, value: unknown) => {
      if (typeof value !== 'number' || Number.isInteger(value)) return value
      return Number(value.toFixed(key === 'costUsd' ? 9 : 6))
    },
    2,
  )
}
