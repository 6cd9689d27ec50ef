import type { EventQueue } from '../event-queue.ts'
import type { SimulatedTarget } from '../provider/simulated-target.ts'
import type { Decisions } from './decisions.ts'
import type { Outcome } from './outcome.ts'

/** Everything one simulated request touches outside its own values. */
export interface World {
  readonly queue: EventQueue
  readonly decisions: Decisions
  readonly seed: number
  /** Throws for a target nobody described, which is checked before anything runs. */
  target(name: string): { readonly simulated: SimulatedTarget; readonly index: number }
  finished(outcome: Outcome): void
}
