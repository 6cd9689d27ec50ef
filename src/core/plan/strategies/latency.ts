import { calls, duration, type Measure, rankByMeasure } from '../measured.ts'
import type { Outlook } from '../outlook.ts'
import type { Candidate } from '../plan.ts'
import type { Moment, Strategy } from '../strategy.ts'

/**
 * The lowest expected time to the last token of this request: prompt and likely reply taken into
 * account, load and requests that still wait included. Streams count the same: the last token of a
 * slow one comes as late.
 */
export const latency: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { seed }: Moment) {
    return rankByMeasure(candidates, seed, speed)
  },
}

const speed: Measure = {
  scores: (latency) => ({ latency }),
  of: ({ outlook }) => {
    const expected = expectedMs(outlook)
    return expected === null ? null : 1 / Math.max(expected, 0.001)
  },
  reason: ({ outlook }) =>
    `lowest expected latency: ${duration(outlook.totalMs ?? 0)} over ${calls(outlook.samples)}`,
}

/**
 * What fails is asked again: one success takes 1 / rate tries. Null as long as nothing has ended: until
 * then the silence of a hung target would pass for a short time.
 */
export function expectedMs({ totalMs, successRate, samples }: Outlook): number | null {
  if (totalMs === null || samples === 0) return null
  return totalMs / Math.max(successRate, 0.05)
}
