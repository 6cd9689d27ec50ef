import type { StrategyName } from '../../catalog.ts'
import type { Strategy } from '../strategy.ts'
import { failover } from './failover.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'

/** Does not compile until every name of the configuration schema has its strategy. */
export const strategies = {
  failover,
  'round-robin': roundRobin,
  random,
} as const satisfies Record<StrategyName, Strategy>
