import { backoffMs } from './backoff.ts'
import { type FailedAttempt, failuresOf, isAsked, isTried, latestFailure } from './history.ts'
import { canServe, mayAskAgain } from './may-ask.ts'
import type { Situation } from './situation.ts'

/** Longest pause for a target that is coming back, where the client names no deadline of its own. */
export const patienceMs = 10_000

/** A candidate and when it may be asked, in monotonic milliseconds. */
export interface Choice {
  readonly candidate: number
  readonly atMs: number
}

/** Only a cooldown's end that the provider named is worth waiting for; all others are our own guesses. */
type Standing = { readonly is: 'usable' | 'dead' } | { readonly is: 'cooling'; untilMs: number }

const usable: Standing = { is: 'usable' }
const dead: Standing = { is: 'dead' }

/** The next candidate to ask, now or after a pause that fits; null where there is none. */
export function chooseNext(situation: Situation): Choice | null {
  const last = latestFailure(situation.attempts)
  const { attempts, plan } = situation
  const nobodyAsked = !isAsked(attempts)
  // Where there is one target only, the client hears from it, also when it has nothing good to say:
  // holding its requests back would make us slower than the provider, and no better.
  const alone = plan.candidates.length === 1 && nobodyAsked
  return (
    (last === null ? null : sameAgain(situation, last)) ??
    firstUntried(situation, 'usable') ??
    (plan.panic || alone ? firstUntried(situation, 'dead') : null) ??
    (alone ? firstUntried(situation, 'cooling') : null) ??
    soonest(situation) ??
    // Nothing looks usable, and nothing will be in time: the first attempt is made all the same.
    (nobodyAsked ? (firstUntried(situation, 'dead') ?? firstUntried(situation, 'cooling')) : null)
  )
}

function standing({ permits, nowMs }: Situation, candidate: number): Standing {
  const vitals = permits.vitals(candidate)
  const availability = vitals.availability(nowMs)
  if (availability.state !== 'unavailable') return usable
  if (vitals.breaker(nowMs) !== 'closed') return dead
  return { is: 'cooling', untilMs: availability.named === true ? availability.untilMs : nowMs }
}

/** The target that failed in passing, while it is still one to use and does not ask for a pause. */
function sameAgain(situation: Situation, last: FailedAttempt): Choice | null {
  const { candidate, failure } = last
  if (failure.retry !== 'same' || failure.retryAfterMs !== null) return null
  if (!mayAskAgain(situation, candidate)) return null
  if (standing(situation, candidate).is !== 'usable') return null
  return within(situation, { candidate, atMs: againAtMs(situation, last) })
}

function firstUntried(situation: Situation, wanted: Standing['is']): Choice | null {
  const { plan, attempts, nowMs } = situation
  for (let candidate = 0; candidate < plan.candidates.length; candidate++) {
    if (isTried(attempts, candidate)) continue
    if (!canServe(situation, candidate)) continue
    if (standing(situation, candidate).is === wanted) return { candidate, atMs: nowMs }
  }
  return null
}

/** Of the targets that will be back, or may be asked once more, the one that is soonest. */
function soonest(situation: Situation): Choice | null {
  const { plan, attempts, nowMs } = situation
  let best: Choice | null = null
  for (const candidate of plan.candidates.keys()) {
    const state = standing(situation, candidate)
    if (state.is === 'dead' && !plan.panic) continue
    const last = latestFailure(attempts.filter((attempt) => attempt.candidate === candidate))
    const may = last === null ? canServe(situation, candidate) : mayAskAgain(situation, candidate)
    if (!may) continue
    const backMs = state.is === 'cooling' ? state.untilMs : nowMs
    const atMs = Math.max(backMs, last === null ? nowMs : againAtMs(situation, last))
    if (best === null || atMs < best.atMs) best = { candidate, atMs }
  }
  return best === null ? null : within(situation, best)
}

/** When a target that failed may be asked again: after its backoff, or the pause it asks for. */
function againAtMs({ plan, attempts }: Situation, last: FailedAttempt): number {
  const retry = plan.candidates[last.candidate]?.retry
  const made = attempts.filter((attempt) => attempt.candidate === last.candidate).length
  const pauseMs = retry === undefined ? 0 : backoffMs(retry, made, last.jitter)
  return last.endedMs + Math.max(pauseMs, last.failure.retryAfterMs ?? 0)
}

/** Whether the client waits that long: up to its deadline, else up to our patience. */
function within({ plan, attempts, arrivedMs }: Situation, choice: Choice): Choice | null {
  if (plan.deadlineMs !== null) return choice.atMs < arrivedMs + plan.deadlineMs ? choice : null
  const idleSinceMs = failuresOf(attempts).reduce(
    (latest, { endedMs }) => Math.max(latest, endedMs),
    arrivedMs,
  )
  return choice.atMs <= idleSinceMs + patienceMs ? choice : null
}
