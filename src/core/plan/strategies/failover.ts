import { unscored } from '../ranked.ts'
import type { Strategy } from '../strategy.ts'

/** The order of the configuration: the first serves everything until it fails. */
export const failover: Strategy = {
  rank(candidates) {
    return {
      order: candidates.map(unscored),
      reason: 'first in the configured order',
      confidence: null,
    }
  },
}
