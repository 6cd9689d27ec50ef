import type { AttemptRecord, WaybillRecord } from '../account/record.ts'
import type { Lesson } from './learner.ts'

/** What a quick and a cheap reply are measured against: the usual of the alias; null before the first. */
export interface Usual {
  readonly totalMs: number | null
  readonly costNanoUsd: number | null
  /** Share of the requests whose clients say how good the reply was, 0 to 1. */
  readonly ratedShare: number
}

/** Parts of the reward of a reply that nobody rated; they add up to 1. */
const forAnswering = 0.6
const forSpeed = 0.2
const forThrift = 0.2

/** Below this share of ratings they are too rare to be what a target is judged by. */
const rarelyRated = 0.01

/**
 * What a finished request teaches of each target that was tried; the one that answered comes last, also
 * where a hedge that lost was sent after it. Faults
 * of the caller and attempts that were given up say nothing of the target; they only cost. Where
 * clients rate replies, one that is not rated says nothing either, and a failure counts no more than
 * ratings do, so that it does not outweigh them.
 */
export function lessonsOf(record: WaybillRecord, usual: Usual): Lesson[] {
  const rates = usual.ratedShare > rarelyRated
  const answered = (attempt: AttemptRecord) => (attempt.result === 'success' ? 1 : 0)
  const attempts = record.attempts.toSorted((a, b) => answered(a) - answered(b))
  return attempts.map((attempt) => {
    const { target, costNanoUsd } = attempt
    if (attempt.result === 'success') {
      return { target, reward: rates ? null : rewardOf(attempt, usual), costNanoUsd, weight: 1 }
    }
    const blamed = attempt.result === 'failure' && attempt.failure?.fault === 'provider'
    const weight = rates && blamed ? usual.ratedShare : 1
    return { target, reward: blamed ? 0 : null, costNanoUsd, weight }
  })
}

/**
 * Reward of a reply that nobody rated, 0 to 1: that it came at all, and a part each for coming sooner
 * and costing less than usual. What takes the usual time at the usual cost gets 0.8.
 */
export function rewardOf(
  { startedMs, endedMs, costNanoUsd }: Pick<AttemptRecord, 'startedMs' | 'endedMs' | 'costNanoUsd'>,
  usual: Usual,
): number {
  const speed = shareBelow(endedMs - startedMs, usual.totalMs)
  const thrift = shareBelow(costNanoUsd, usual.costNanoUsd)
  return forAnswering + forSpeed * speed + forThrift * thrift
}

/** 1 at nothing, a half at the usual, towards 0 far above it; a half where one is not known. */
function shareBelow(value: number | null, usual: number | null): number {
  if (value === null || usual === null) return 0.5
  const sum = Math.max(0, value) + usual
  return sum > 0 ? usual / sum : 0.5
}
