import type { Failure } from '../failure.ts'
import type { Vitals } from '../health/vitals.ts'
import type { Plan } from '../plan/plan.ts'

/** How one attempt stands, as far as deciding goes. Times are monotonic milliseconds. */
export interface AttemptState {
  /** Index into `plan.candidates`. */
  readonly candidate: number
  readonly startedMs: number
  /** When the client could see something of it; null before that. */
  readonly firstOutputMs: number | null
  /** null while it runs. */
  readonly endedMs: number | null
  /** Why it ended; null while it runs, and when it answered or lost against another. */
  readonly failure: Failure | null
  /** False where the request could not even be written for the target: nobody was asked. */
  readonly sent: boolean
  /** It was the one request that finds out whether a half-open target is back. */
  readonly probe: boolean
  /** Uniform in [0, 1), drawn when the attempt began: spreads what comes after it. */
  readonly jitter: number
}

/** What is allowed now. Asking changes nothing: whoever sends withdraws. */
export interface Permits {
  /** Of the target of a candidate. */
  vitals(candidate: number): Vitals
  /** Whether the retry budget holds another attempt that is expected to cost so much; null is unknown. */
  retry(costNanoUsd: number | null): boolean
  /** Whether the hedge budget holds another attempt. */
  hedge(): boolean
}

/** All a decision looks at. The list of attempts is the only state of an execution. */
export interface Situation {
  readonly plan: Plan
  /** In the order they began. */
  readonly attempts: readonly AttemptState[]
  /** Monotonic milliseconds at which the request arrived. */
  readonly arrivedMs: number
  readonly nowMs: number
  readonly permits: Permits
}

export type Action =
  /** A new attempt, when none is running. */
  | { readonly do: 'send'; readonly candidate: number }
  /** A second attempt beside the one that has shown nothing yet; the first to show wins. */
  | { readonly do: 'hedge'; readonly candidate: number }
  /** Ask again at that time (null: no time), and whenever an attempt fails. */
  | { readonly do: 'wait'; readonly untilMs: number | null }
  /** `failure` is what to answer with; null: what the last attempt failed with. */
  | { readonly do: 'give-up'; readonly failure: Failure | null; readonly because: string }
