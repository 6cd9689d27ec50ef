import { drawKey } from '../draw.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed, noScores } from '../ranked.ts'
import type { Moment, Strategy } from '../strategy.ts'

/** A weighted draw without replacement: each target comes first with the share of its weight. */
export const random: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { seed }: Moment) {
    const drawn: Keyed<One>[] = []
    let total = 0
    for (const candidate of candidates) {
      const { target, weight } = candidate
      total += weight
      const key = drawKey(seed, target.name, weight)
      drawn.push(new Keyed(candidate, key, 0, null, noScores))
    }
    const order = byKey(drawn)
    const share = Math.round(((order[0]?.candidate.weight ?? 0) / total) * 100)
    return { order, reason: `drawn at random, share ${share} %`, confidence: null }
  },
}
