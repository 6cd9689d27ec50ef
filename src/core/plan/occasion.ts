import type { Client } from '../catalog.ts'
import type { Experiments } from '../experiment/experiments.ts'
import type { RegionTimes } from './region-times.ts'
import type { Regions } from './regions.ts'
import type { Rule } from './rule.ts'

/** Who asks, from where and when: what rules and splits look at besides the request. */
export interface Occasion {
  readonly client: Client
  /** Where the client is; null when nothing says so. */
  readonly region: string | null
  /** Milliseconds since the epoch: rules look at the time of day. */
  readonly wallMs: number
  /** The rule the request asks for itself; it comes before all others, whatever its conditions. */
  readonly rule: Rule | null
  /** Which regions are near each other, as configured. */
  readonly regions: Regions | null
  /** How long regions really take; null where nothing measures. */
  readonly regionTimes: RegionTimes | null
  /** Which arms have been rolled back; null where nothing watches. */
  readonly experiments: Experiments | null
}
