import { calls, type Measure, rankByMeasure } from '../measured.ts'
import type { Candidate } from '../plan.ts'
import type { Moment, Strategy } from '../strategy.ts'

/** The most output tokens per second: for long replies, where the first token matters little. */
export const throughput: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { seed }: Moment) {
    return rankByMeasure(candidates, seed, rate)
  },
}

const rate: Measure = {
  scores: (throughput) => ({ throughput }),
  of: ({ outlook }) =>
    outlook.tokensPerSecond === null
      ? null
      : outlook.tokensPerSecond * Math.max(outlook.successRate, 0.05),
  reason: ({ outlook }) =>
    `highest throughput: ${Math.round(outlook.tokensPerSecond ?? 0)} tokens per second ` +
    `over ${calls(outlook.samples)}`,
}
