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
  return attempts.some(hasAnswered)
}

function hasAnswered({ firstOutputMs, endedMs, failure, sent }: AttemptState): boolean {
  return firstOutputMs !== null || (sent && endedMs !== null && failure === null)
}

/** Whether any target has been asked. */
export function isAsked(attempts: readonly AttemptState[]): boolean {
  return attempts.some(wasSent)
}

function wasSent({ sent }: AttemptState): boolean {
  return sent
}

/** Whether an attempt was made at this candidate. */
export function isTried(attempts: readonly AttemptState[], candidate: number): boolean {
  for (const attempt of attempts) if (attempt.candidate === candidate) return true
  return false
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

export function isFailed(attempt: AttemptState): attempt is FailedAttempt {
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
  if (!isAsked(attempts)) return false
  return latestFailure(attempts)?.failure.fault !== 'caller'
}
