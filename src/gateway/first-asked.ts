import { noTarget } from '../core/execute/give-up.ts'
import { latestFailure } from '../core/execute/history.ts'
import { nextAction } from '../core/execute/next-action.ts'
import type { AttemptState } from '../core/execute/situation.ts'
import { type Failure, failed, type Outcome, ok } from '../core/failure.ts'
import type { Fleet } from '../core/health/fleet.ts'
import type { Excluded, Plan, RankedCandidate } from '../core/plan/plan.ts'
import { candidateOf, unsentTrial } from './trial.ts'

/** Whom a request goes to first, and who before it could not express it. */
export interface FirstAsked {
  readonly candidate: RankedCandidate
  readonly unfit: readonly Excluded[]
}

/**
 * The candidate an execution of this plan would ask first, found by the code that executes: it passes
 * over targets the request cannot be written for, and waits for one that cools down. Else the failure
 * the client would get. `write` is null where the request can be written, else why not.
 */
export function firstAsked(
  plan: Plan,
  write: (candidate: RankedCandidate) => Failure | null,
  fleet: Fleet,
  arrivedMs: number,
): Outcome<FirstAsked> {
  const permits = {
    vitals: (index: number) => fleet.vitals(candidateOf(plan, index).target),
    // Neither is asked before anything has been sent.
    retry: () => true,
    hedge: () => false,
  }
  const unfit: Excluded[] = []
  const attempts: AttemptState[] = []
  let nowMs = arrivedMs
  for (;;) {
    const action = nextAction({ plan, attempts, arrivedMs, nowMs, permits })
    if (action.do === 'give-up') {
      return failed(action.failure ?? latestFailure(attempts)?.failure ?? noTarget())
    }
    if (action.do === 'wait') {
      if (action.untilMs === null) return failed(noTarget())
      nowMs = Math.max(nowMs, action.untilMs)
      continue
    }
    const candidate = candidateOf(plan, action.candidate)
    const problem = write(candidate)
    if (problem === null) return ok({ candidate, unfit })
    unfit.push({ target: candidate.target.name, because: problem.message })
    attempts.push(unsentTrial(action.candidate, nowMs, 0, problem))
  }
}
