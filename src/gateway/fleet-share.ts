import type { HealthChange } from '../core/health/change.ts'

/**
 * What gateways tell each other of the targets they share: a breaker that opened, a cooldown, a target
 * that is back. Telling is best effort: a gateway that hears nothing finds out by itself.
 */
export interface FleetShare {
  /** Tells the others, now or once they can be reached. Costs no waiting and never fails. */
  publish(change: HealthChange): void
  /**
   * Called with what others publish, and at the start with what is in force; never with what was
   * published here. One listener: `LiveFleet.told`.
   */
  onHeard(heard: (change: HealthChange) => void): void
  close(): Promise<void>
}
