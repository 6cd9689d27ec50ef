import type { ArmResults } from './arm-results.ts'
import { type Comparison, compareArms } from './compare.ts'

/** The results of one arm, for people. */
export interface ArmReport {
  readonly arm: string
  readonly requests: number
  /** Share that failed, 0 to 1; null before the first request. */
  readonly errorRate: number | null
  /** Geometric means over successful requests; null where there is none. */
  readonly latencyMs: number | null
  readonly costNanoUsd: number | null
  /** With the control; null for the control itself. The intervals hold however often one looks. */
  readonly comparison: Comparison | null
  /** Why it gets no more traffic; null while it does. */
  readonly rolledBack: string | null
}

export function reportOf(
  name: string,
  results: ArmResults,
  control: ArmResults | null,
  rolledBack: string | null,
): ArmReport {
  const { requests, failures, logLatency, logCost } = results
  return {
    arm: name,
    requests,
    errorRate: requests === 0 ? null : failures / requests,
    latencyMs: logLatency.count === 0 ? null : Math.exp(logLatency.mean),
    costNanoUsd: logCost.count === 0 ? null : Math.expm1(logCost.mean),
    comparison: control === null ? null : compareArms(results, control),
    rolledBack,
  }
}
