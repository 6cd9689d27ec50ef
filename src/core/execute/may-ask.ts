import type { FailureClass } from '../failure.ts'
import type { Plan } from '../plan/plan.ts'
import { isFailed } from './history.ts'
import type { Situation } from './situation.ts'

/** Trouble that passes by itself, so that the last target left is worth asking again. */
const passing: ReadonlySet<FailureClass> = new Set([
  'provider_rate_limited',
  'overloaded',
  'server_error',
  'unreachable',
])

/** Whether a target that was not asked yet could do better than those that failed. */
export function canServe({ plan, attempts }: Situation, candidate: number): boolean {
  const own = windowOf(plan, candidate)
  if (own === null) return true
  // A prompt that overflowed one context window overflows every one that is no larger.
  for (const attempt of attempts) {
    if (!isFailed(attempt) || attempt.failure.class !== 'context_length_exceeded') continue
    if (own <= (windowOf(plan, attempt.candidate) ?? 0)) return false
  }
  return true
}

function windowOf(plan: Plan, candidate: number): number | null {
  return plan.candidates[candidate]?.target.capabilities.contextWindow ?? null
}

/** Whether a target that failed may be asked once more, now or later. */
export function mayAskAgain(situation: Situation, candidate: number): boolean {
  const made = situation.attempts.filter((attempt) => attempt.candidate === candidate)
  const most = situation.plan.candidates[candidate]?.retry.attempts ?? 0
  if (made.length >= most) return false
  // Every failure counts, not only the last: a key that was refused stays refused. And a target that
  // failed its probe is broken until its breaker says otherwise.
  return made.every(
    ({ failure, probe }) => failure !== null && passing.has(failure.class) && !probe,
  )
}
