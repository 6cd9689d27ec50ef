import type { AttemptState } from '../core/execute/situation.ts'
import type { Failure } from '../core/failure.ts'
import type { Underway } from '../core/health/fleet.ts'
import type { Plan, RankedCandidate } from '../core/plan/plan.ts'
import type { Attempt } from './attempt.ts'
import { noStake, type Stake } from './ticket.ts'

/** One attempt of an execution: how it stands, and what carries it. Times are monotonic. */
export interface Trial extends AttemptState {
  firstOutputMs: number | null
  endedMs: number | null
  failure: Failure | null
  probe: boolean
  /** null where the request could not be written for the target. */
  attempt: Attempt | null
  /** null where no target is asked. */
  underway: Underway | null
  /** What it has borrowed from the limits of its target. */
  stake: Stake
}

/** Nobody was asked, because the target cannot express the request. */
export function unsentTrial(
  candidate: number,
  nowMs: number,
  jitter: number,
  problem: Failure,
): Trial {
  return {
    candidate,
    startedMs: nowMs,
    firstOutputMs: null,
    endedMs: nowMs,
    failure: { ...problem, retry: 'other' },
    sent: false,
    probe: false,
    jitter,
    attempt: null,
    underway: null,
    stake: noStake,
  }
}

/** The attempts that were made, in the order they began. */
export function attemptsOf(trials: readonly Trial[]): Attempt[] {
  const attempts: Attempt[] = []
  for (const { attempt } of trials) if (attempt !== null) attempts.push(attempt)
  return attempts
}

/** Decisions name candidates by their place in the plan. */
export function candidateOf(plan: Plan, index: number): RankedCandidate {
  const candidate = plan.candidates[index]
  if (candidate === undefined) throw new Error(`the plan has no candidate ${index}`)
  return candidate
}
