/** A target was taken out of use, or came back: told once for each change, not for each request. */
export interface HealthChange {
  readonly target: string
  /** Its breaker opened or closed, or a cooldown began. */
  readonly to: 'open' | 'closed' | 'cooling'
  /** For people. */
  readonly because: string
  /** Until it may be asked again; 0 when it is back. */
  readonly forMs: number
}

export type OnHealthChange = (change: HealthChange) => void
