import type { Failure } from '../failure.ts'
import type { Plan } from '../plan/plan.ts'
import type { AttemptState } from './situation.ts'

/** An attempt that ended without an answer. */
export interface FailedAttempt extends AttemptState {
  readonly endedMs: number
  readonly failure: Failure
}

export function isRunning(attempt: AttemptState): boolean {
  return attempt.endedMs === null
}

/** The client has seen something, or has it all. */
export function isAnswered(attempts: readonly AttemptState[]): boolean {
  return attempts.some(
    ({ firstOutputMs, endedMs, failure, sent }) =>
      firstOutputMs !== null || (sent && endedMs !== null && failure === null),
  )
}

export function failuresOf(attempts: readonly AttemptState[]): FailedAttempt[] {
  return attempts.filter(isFailed)
}

/** The failure that happened last, which with a hedge need not be that of the attempt begun last. */
export function latestFailure(attempts: readonly AttemptState[]): FailedAttempt | null {
  let latest: FailedAttempt | null = null
  for (const attempt of attempts) {
    if (isFailed(attempt) && (latest === null || attempt.endedMs >= latest.endedMs)) {
      latest = attempt
    }
  }
  return latest
}

function isFailed(attempt: AttemptState): attempt is FailedAttempt {
  return attempt.endedMs !== null && attempt.failure !== null
}

/** No other attempt could help: what one provider filters another may write, where that is wanted. */
export function isFinal({ failure, candidate }: FailedAttempt, plan: Plan): boolean {
  if (failure.retry !== 'never') return false
  return plan.candidates[candidate]?.fallsThrough?.includes(failure.class) !== true
}

/**
 * Whether a further attempt answers trouble of a provider, and so draws from the retry budget. One that
 * follows a request the last target could not take (too long, no such model) multiplies no outage.
 */
export function isRemedy(attempts: readonly AttemptState[]): boolean {
  if (!attempts.some(({ sent }) => sent)) return false
  return latestFailure(attempts)?.failure.fault !== 'caller'
}
