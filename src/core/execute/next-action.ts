import type { Failure, FailureClass } from '../failure.ts'
import type { Plan } from '../plan/plan.ts'
import { backoffMs } from './backoff.ts'

/** How one attempt stands, as far as deciding goes. Times in milliseconds since the request arrived. */
export interface AttemptState {
  /** Index into `plan.candidates`. */
  readonly candidate: number
  readonly endedMs: number
  readonly failure: Failure
}

export type Action =
  | { readonly do: 'send'; readonly candidate: number }
  | { readonly do: 'wait'; readonly untilMs: number; readonly candidate: number }
  | { readonly do: 'give-up' }

/** Longest pause for a provider that asks us to come back; beyond it the client is told at once. */
const maxPatienceMs = 10_000

/** Trouble that passes by itself, so that the last target left is worth asking again. */
const passing: ReadonlySet<FailureClass> = new Set([
  'provider_rate_limited',
  'overloaded',
  'server_error',
  'unreachable',
])

/**
 * What to do next, from nothing but the plan, the failed attempts so far and the time. `random` in
 * [0, 1) spreads retries. Only called while the client has seen nothing: after that there is no retry.
 */
export function nextAction(
  plan: Plan,
  attempts: readonly AttemptState[],
  nowMs: number,
  random: number,
): Action {
  const last = attempts.at(-1)
  if (last === undefined) return { do: 'send', candidate: 0 }
  if (last.failure.retry === 'never') return { do: 'give-up' }
  if (last.failure.retry === 'same' && last.failure.retryAfterMs === null) {
    const again = retrySame(plan, attempts, last, nowMs, random)
    if (again !== null) return again
  }
  const untried = plan.candidates.findIndex(
    (_, index) => !attempts.some((attempt) => attempt.candidate === index),
  )
  if (untried >= 0) return { do: 'send', candidate: untried }
  return soonestRetry(plan, attempts, nowMs, random) ?? { do: 'give-up' }
}

function retrySame(
  plan: Plan,
  attempts: readonly AttemptState[],
  last: AttemptState,
  nowMs: number,
  random: number,
): Action | null {
  const candidate = plan.candidates[last.candidate]
  if (candidate === undefined) return null
  const made = attempts.filter((attempt) => attempt.candidate === last.candidate).length
  if (made >= candidate.retry.attempts) return null
  const pauseMs = Math.max(backoffMs(candidate.retry, made, random), last.failure.retryAfterMs ?? 0)
  const untilMs = last.endedMs + pauseMs
  if (pauseMs > maxPatienceMs) return null
  if (plan.deadlineMs !== null && untilMs >= plan.deadlineMs) return null
  if (untilMs <= nowMs) return { do: 'send', candidate: last.candidate }
  return { do: 'wait', untilMs, candidate: last.candidate }
}

/** Every target has been tried: the one whose trouble passes first, if it may be asked once more. */
function soonestRetry(
  plan: Plan,
  attempts: readonly AttemptState[],
  nowMs: number,
  random: number,
): Action | null {
  let best: Action | null = null
  for (const index of plan.candidates.keys()) {
    const last = attempts.findLast((attempt) => attempt.candidate === index)
    if (last === undefined || !passing.has(last.failure.class)) continue
    const action = retrySame(plan, attempts, last, nowMs, random)
    if (action === null) continue
    if (action.do === 'send') return action
    if (best?.do !== 'wait' || (action.do === 'wait' && action.untilMs < best.untilMs))
      best = action
  }
  return best
}
