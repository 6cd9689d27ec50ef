/** A target was taken out of use, or came back: told once for each change, not for each request. */
export interface HealthChange {
  readonly target: string
  /** Its breaker opened or closed, or a cooldown began. */
  readonly to: 'open' | 'closed' | 'cooling'
  /** For people. */
  readonly because: string
  /** Until it may be asked again; 0 when it is back. */
  readonly forMs: number
  /**
   * It may come from the configuration of this gateway (its key, the name of a model): another one
   * may have been told otherwise, as while a new key is rolled out.
   */
  readonly onlyHere?: boolean
}

export type OnHealthChange = (change: HealthChange) => void
