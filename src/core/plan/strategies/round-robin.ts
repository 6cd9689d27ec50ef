import type { Candidate } from '../plan.ts'
import { unscored } from '../ranked.ts'
import type { Moment, Strategy } from '../strategy.ts'

/** Each request starts one target further; failover goes round the ring from there. */
export const roundRobin: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { turn }: Moment) {
    const start = turn % candidates.length
    const order: One[] = [...candidates.slice(start), ...candidates.slice(0, start)]
    return {
      order: order.map(unscored<One>),
      reason: `turn ${start + 1} of ${candidates.length}`,
      confidence: null,
    }
  },
}
