import type { Measure } from '../measured.ts'
import { calls, rankByMeasure } from '../measured.ts'
import type { Strategy } from '../strategy.ts'

/** The most output tokens per second: for long replies, where the first token matters little. */
export const throughput: Strategy = {
  rank(candidates, { seed }) {
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
