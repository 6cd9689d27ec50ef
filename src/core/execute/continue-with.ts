import type { Failure, FailureClass } from '../failure.ts'
import type { Plan, RankedCandidate } from '../plan/plan.ts'
import { failuresOf, isRunning, latestFailure } from './history.ts'
import type { Action, AttemptState, Situation } from './situation.ts'

/** Ways in which a reply breaks off that say nothing about what it holds. */
const brokenOff: ReadonlySet<FailureClass> = new Set([
  'truncated',
  'unreachable',
  'timeout',
  'malformed_reply',
  'server_error',
  'overloaded',
])

/** With more seams than this a reply is no one's. */
const mostContinuations = 2

export type ContinueAction =
  | { readonly do: 'continue'; readonly candidate: number }
  | Extract<Action, { do: 'give-up' }>

/** Whether a reply to this plan could be continued at all, so that it is worth keeping what it said. */
export function mayContinue(plan: Plan): boolean {
  return plan.continuation === 'auto' && plan.candidates.some(takesPrefix)
}

/**
 * Who continues a reply that broke off after the client had seen a part of it. Only asked when that
 * part is plain text (`SoFar.continuable`). A continuation that fails, because the target rejects
 * the beginning it is given or for any other reason, leaves the failure that broke the reply off as
 * the one to show.
 */
export function continueWith(situation: Situation): ContinueAction {
  const { plan, attempts, arrivedMs, nowMs, permits } = situation
  const begun = attempts.findIndex((attempt) => attempt.firstOutputMs !== null)
  const cut = attempts[begun]?.failure ?? null
  const stop = (because: string) => giveUpWith(situation, cut, because)
  if (cut === null || attempts.some(isRunning)) return stop('the reply did not break off')
  if (!mayContinue(plan)) return stop('no target continues a reply that breaks off')
  if (!brokenOff.has(cut.class)) return stop('the reply was ended on purpose')
  const since = attempts.slice(begun).filter((attempt) => !lostTheRace(attempt))
  // A filter looked at what is there and said no: nobody else is asked to go on with it.
  if (since.some(({ failure }) => failure?.class === 'content_filtered')) {
    return stop('the continuation was filtered')
  }
  if (since.length > mostContinuations) return stop('it was continued often enough')
  if (plan.deadlineMs !== null && nowMs >= arrivedMs + plan.deadlineMs) {
    return stop('the time the client allows is over')
  }
  const candidate = otherTarget(situation, since) ?? sameTarget(situation, since)
  if (candidate === null) return stop('no target that is left continues a reply')
  const costNanoUsd = plan.candidates[candidate]?.outlook.costNanoUsd ?? null
  if (!permits.retry(costNanoUsd)) return stop('the retry budget is used up')
  return { do: 'continue', candidate }
}

/** A hedge that was given up for the reply: it may well go on with it. */
function lostTheRace({ firstOutputMs, endedMs, failure }: AttemptState): boolean {
  return firstOutputMs === null && endedMs !== null && failure === null
}

/** The failure that broke the reply off, not one of those who could not continue it. */
function giveUpWith(
  { attempts }: Situation,
  cut: Failure | null,
  because: string,
): Extract<Action, { do: 'give-up' }> {
  const isLast = latestFailure(attempts)?.failure === cut
  return { do: 'give-up', failure: isLast ? null : cut, because }
}

function otherTarget(situation: Situation, since: readonly AttemptState[]): number | null {
  const found = situation.plan.candidates.findIndex(
    (one, candidate) =>
      takesPrefix(one) &&
      isUsable(situation, candidate) &&
      failuresAt(situation, candidate) < one.retry.attempts &&
      !since.some((attempt) => attempt.candidate === candidate),
  )
  return found < 0 ? null : found
}

/** The target itself, once, where it was the connection that broke. */
function sameTarget(situation: Situation, since: readonly AttemptState[]): number | null {
  const [cut, ...continuations] = since
  if (cut === undefined || continuations.length > 0) return null
  const one = situation.plan.candidates[cut.candidate]
  const made = failuresAt(situation, cut.candidate)
  const broke = cut.failure?.class === 'truncated' || cut.failure?.class === 'unreachable'
  if (!broke || one === undefined || !takesPrefix(one) || made >= one.retry.attempts) return null
  return isUsable(situation, cut.candidate) ? cut.candidate : null
}

function takesPrefix({ target, route }: RankedCandidate): boolean {
  const readable = route.kind === 'pass-through' || route.kind === 'translate'
  return readable && target.capabilities.assistantPrefix === true
}

/** A reply the client is reading is no place for a probe. */
function isUsable({ permits, nowMs }: Situation, candidate: number): boolean {
  const { state } = permits.vitals(candidate).availability(nowMs)
  return state === 'ready' || state === 'ramping'
}

/** One that lost a race has not failed: it may be asked for the rest. */
function failuresAt({ attempts }: Situation, candidate: number): number {
  return failuresOf(attempts).filter((attempt) => attempt.candidate === candidate).length
}
