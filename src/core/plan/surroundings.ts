import type { Hedging } from '../execute/hedging.ts'
import type { Fleet } from '../health/fleet.ts'
import type { Warmth } from '../health/warmth.ts'
import type { Learner } from '../learn/learner.ts'
import type { Occasion } from './occasion.ts'
import type { TargetRoom } from './target-room.ts'

/**
 * All that a plan depends on besides the request and the configuration. Equal surroundings give equal
 * plans: that is how `explain` shows what would happen, and how a decision is replayed.
 */
export interface Surroundings {
  readonly fleet: Fleet
  /** Monotonic milliseconds. */
  readonly nowMs: number
  /** Of the request; all its dice are thrown with it. */
  readonly seed: number
  /** How many requests the alias has had before: 0, 1, 2, … */
  readonly turn: number
  readonly occasion: Occasion
  /** What `adaptive` has learned for an alias; null where nothing learns. */
  learnerOf(alias: string): Learner | null
  /** Which conversations have a warm prompt cache where; null where nobody remembers. */
  readonly warmth: Warmth | null
  /** null: nothing is hedged. */
  readonly hedging: Hedging | null
  /** What limits leave room for; null or absent: no limit binds a target. */
  readonly room?: TargetRoom | null
}
