import type { Candidate } from '../plan.ts'
import { unscored } from '../ranked.ts'
import type { Strategy } from '../strategy.ts'

/** The order of the configuration: the first serves everything until it fails. */
export const failover: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[]) {
    return {
      order: candidates.map(unscored<One>),
      reason: 'first in the configured order',
      confidence: null,
    }
  },
}
