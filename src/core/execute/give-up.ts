import { type Failure, type FailureClass, failure } from '../failure.ts'
import { type FailedAttempt, failuresOf, latestFailure } from './history.ts'
import type { Action, Situation } from './situation.ts'

/** Ends the execution with the failure that tells the client most. */
export function giveUp(situation: Situation, because: string): Action {
  return { do: 'give-up', failure: answerWith(situation), because }
}

/** null: what the last attempt failed with, so that a provider's own words can be given on. */
function answerWith(situation: Situation): Failure | null {
  const { plan, attempts } = situation
  const asked = failuresOf(attempts).filter(({ sent }) => sent)
  const latest = latestFailure(attempts)
  const told = latestFailure(asked)
  if (told === null) return latest === null ? nobodyAsked(situation) : null
  if (plan.panic && isProvidersFault(told) && !speaksForAll(situation, told)) {
    return allFail(situation, told)
  }
  // That a target cannot express the request says less than why another one failed.
  return told === latest ? null : told.failure
}

/** The only target there is has answered: its own words say more than ours. */
function speaksForAll({ plan }: Situation, { failure }: FailedAttempt): boolean {
  const answered = failure.upstreamStatus !== null || !silent.has(failure.class)
  return plan.candidates.length === 1 && answered
}

/** Nothing came that could be shown. */
const silent: ReadonlySet<FailureClass> = new Set(['unreachable', 'timeout'])

function isProvidersFault({ failure: { fault, retry } }: FailedAttempt): boolean {
  return fault === 'provider' && retry !== 'never'
}

/** The client's own deadline: no fault of any target. */
export function outOfTime(deadlineMs: number): Failure {
  return failure('timeout', `No answer within the ${deadlineMs} ms the client allows.`)
}

/** Where not even a first attempt came about, and nothing says why. */
export function noTarget(): Failure {
  return failure('no_target_available', 'No target could be tried.')
}

function nobodyAsked(situation: Situation): Failure {
  const { deadlineMs } = situation.plan
  if (deadlineMs !== null && situation.nowMs >= situation.arrivedMs + deadlineMs) {
    return outOfTime(deadlineMs)
  }
  const retryAfterMs = soonestBackMs(situation)
  const message =
    retryAfterMs === null
      ? `No target of ${situation.plan.model} could be asked.`
      : `Every target of ${situation.plan.model} is cooling down. ${backIn(retryAfterMs)}`
  return failure('no_target_available', message, { retryAfterMs })
}

function allFail(situation: Situation, last: FailedAttempt): Failure {
  const retryAfterMs = soonestBackMs(situation) ?? last.failure.retryAfterMs
  const message = `Every target of ${situation.plan.model} is failing. ${backIn(retryAfterMs)}`
  return failure('no_target_available', `${message} The last one: ${last.failure.message}`, {
    retryAfterMs,
  })
}

function backIn(retryAfterMs: number | null): string {
  if (retryAfterMs === null) return 'Try again later.'
  return `Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s.`
}

/** How long until the first target is back; null when none says. */
function soonestBackMs({ plan, permits, nowMs }: Situation): number | null {
  let soonest: number | null = null
  for (const candidate of plan.candidates.keys()) {
    const availability = permits.vitals(candidate).availability(nowMs)
    if (availability.state !== 'unavailable') continue
    const leftMs = Math.max(0, availability.untilMs - nowMs)
    if (soonest === null || leftMs < soonest) soonest = leftMs
  }
  return soonest
}
