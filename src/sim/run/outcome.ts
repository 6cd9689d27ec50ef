import type { FailureClass } from '../../core/failure.ts'

/** How one simulated request went, as its client saw it and as it will be billed. */
export interface Outcome {
  /** Place in the traffic, from 0. */
  readonly index: number
  /** Milliseconds since the first request. */
  readonly arrivedMs: number
  /** null: it succeeded. */
  readonly failure: FailureClass | null
  /** Asked first; null where the plan held nobody. */
  readonly firstTarget: string | null
  /** The one that answered; null where nobody did. */
  readonly target: string | null
  /** Milliseconds since it arrived; null where no token came. */
  readonly firstTokenMs: number | null
  /** Until the last token, or until the client was told that it failed. */
  readonly totalMs: number
  /** Of all attempts; null when one of them has no known price. */
  readonly costNanoUsd: number | null
  readonly attempts: number
  readonly hedges: number
  /** Every target looked dead, and was tried all the same. */
  readonly panic: boolean
}
