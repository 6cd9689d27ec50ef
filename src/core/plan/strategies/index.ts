import type { StrategyName } from '../../catalog.ts'
import type { Strategy } from '../strategy.ts'
import { adaptive } from './adaptive.ts'
import { capability } from './capability.ts'
import { cost } from './cost.ts'
import { failover } from './failover.ts'
import { latency } from './latency.ts'
import { leastBusy } from './least-busy.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { throughput } from './throughput.ts'
import { weighted } from './weighted.ts'

/** Does not compile until every name of the configuration schema has its strategy. */
export const strategies = {
  failover,
  'round-robin': roundRobin,
  random,
  latency,
  throughput,
  cost,
  weighted,
  capability,
  'least-busy': leastBusy,
  adaptive,
} as const satisfies Record<StrategyName, Strategy>
