import { chooseNext } from './choose-next.ts'
import { giveUp } from './give-up.ts'
import { isAnswered, isFinal, isRemedy, isRunning, latestFailure } from './history.ts'
import type { Action, AttemptState, Situation } from './situation.ts'

/**
 * What to do next. Asked at the beginning, after each attempt that began or failed, and at the time a
 * `wait` names. Equal situations give equal actions; every wait ends in an attempt or in giving up.
 */
export function nextAction(situation: Situation): Action {
  const { plan, attempts, arrivedMs, nowMs, permits } = situation
  const running = attempts.find(isRunning)
  if (isAnswered(attempts)) {
    // What the client has seen cannot be taken back; see `continueWith`.
    return running === undefined ? giveUp(situation, 'the reply broke off') : untilItReports
  }
  const last = latestFailure(attempts)
  // What one of two says in a race does not end it, but if the request itself is refused by the first.
  const decides = running === undefined || last === attempts[0]
  if (last !== null && decides && isFinal(last, plan)) {
    return giveUp(situation, 'no other attempt could help')
  }
  if (running !== undefined) return besides(running, situation)
  if (plan.deadlineMs !== null && nowMs >= arrivedMs + plan.deadlineMs) {
    return giveUp(situation, 'the time the client allows is over')
  }
  const next = chooseNext(situation)
  if (next === null) return giveUp(situation, 'no target is left to ask')
  const costNanoUsd = plan.candidates[next.candidate]?.outlook.costNanoUsd ?? null
  if (isRemedy(attempts) && !permits.retry(costNanoUsd)) {
    return giveUp(situation, 'the retry budget is used up')
  }
  return next.atMs <= nowMs
    ? { do: 'send', candidate: next.candidate }
    : { do: 'wait', untilMs: next.atMs }
}

/** How often a hedge that is due and not allowed is asked for again. */
const lookAgainMs = 100

const untilItReports: Action = { do: 'wait', untilMs: null }

/**
 * Only the first attempt of a request is hedged: later ones are a remedy already, with a budget of
 * their own.
 */
function besides(running: AttemptState, situation: Situation): Action {
  const { plan, attempts, arrivedMs, nowMs, permits } = situation
  const { hedge } = plan
  if (hedge == null || attempts.length > 1 || running.candidate !== 0) return untilItReports
  const dueMs = running.startedMs + hedge.afterMs
  if (nowMs >= dueMs && permits.hedge() && isWell(hedge.candidate, situation)) {
    return { do: 'hedge', candidate: hedge.candidate }
  }
  // Those who still wait when the budget fills again are the slow ones it is for.
  const atMs = nowMs < dueMs ? dueMs : nowMs + lookAgainMs
  const tooLate = plan.deadlineMs !== null && atMs >= arrivedMs + plan.deadlineMs
  return tooLate ? untilItReports : { do: 'wait', untilMs: atMs }
}

/** A probe finds out about a target at its own risk, not at the risk of the hedge budget. */
function isWell(candidate: number, { permits, nowMs }: Situation): boolean {
  const { state } = permits.vitals(candidate).availability(nowMs)
  return state === 'ready' || state === 'ramping'
}
