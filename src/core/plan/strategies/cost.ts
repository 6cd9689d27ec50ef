import { confidenceOf } from '../confidence.ts'
import { dollars } from '../dollars.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed, noScores } from '../ranked.ts'
import type { Ranked, Strategy } from '../strategy.ts'
import { expectedMs } from './latency.ts'

/**
 * Costs are compared in steps of this share; within one, latency decides. Steps, because "nearly the
 * same" is not transitive, and a sort by it has no result.
 */
const step = 0.001
/** Of the length of a reply, before any is known: what an expected cost can be off by. */
const unknownLength = 0.5

/**
 * The lowest expected cost of this request: its prompt as estimated, and the reply a target usually
 * writes. Where no price is known the target goes last: unknown is not free.
 */
export const cost: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[]) {
    let lowest = Number.POSITIVE_INFINITY
    for (const { outlook } of candidates) {
      if (outlook.costNanoUsd !== null) lowest = Math.min(lowest, outlook.costNanoUsd)
    }
    const keyed: Keyed<One>[] = []
    for (const candidate of candidates) {
      const { outlook } = candidate
      const own = outlook.costNanoUsd
      const tie = -(expectedMs(outlook) ?? Number.POSITIVE_INFINITY)
      if (own === null) {
        const key = Number.NEGATIVE_INFINITY
        keyed.push(new Keyed(candidate, key, tie, null, noScores))
        continue
      }
      const score = own <= lowest ? 1 : lowest / own
      const key = -Math.round(Math.log(own + 1) / step)
      keyed.push(new Keyed(candidate, key, tie, score, { cost: score }))
    }
    const order = byKey(keyed)
    return { order, reason: reasonFor(order), confidence: confidenceIn(order) }
  },
}

function reasonFor([first]: readonly Ranked[]): string {
  const own = first?.candidate.outlook.costNanoUsd ?? null
  if (own === null) return 'no price is known: lowest expected latency'
  return `lowest expected cost: ${dollars(own)}`
}

function confidenceIn([first, second]: readonly Ranked[]): number {
  if (first === undefined || first.score === null) return 0
  if (second === undefined || second.score === null) return 1
  return confidenceOf(first.score - second.score, Math.hypot(error(first), error(second)))
}

function error({ score, candidate }: Ranked): number {
  return ((score ?? 0) * unknownLength) / Math.sqrt(1 + candidate.outlook.samples)
}
