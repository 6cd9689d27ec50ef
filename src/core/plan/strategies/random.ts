import { hashSeed, seededRandom } from '../../random.ts'
import type { Candidate } from '../plan.ts'
import type { Strategy } from '../strategy.ts'

/**
 * A weighted draw without replacement (Efraimidis and Spirakis 2006: order by ln(u) / weight). Each
 * target has its own u, made from the seed and its name, so the order of the input does not matter.
 */
export const random: Strategy = {
  rank(candidates, { seed }) {
    const drawn = candidates.map((candidate) => ({ candidate, score: draw(candidate, seed) }))
    drawn.sort(
      (a, b) => b.score - a.score || (a.candidate.target.name < b.candidate.target.name ? -1 : 1),
    )
    const total = candidates.reduce((sum, candidate) => sum + candidate.weight, 0)
    const share = Math.round(((drawn[0]?.candidate.weight ?? 0) / total) * 100)
    return { order: drawn, reason: `drawn at random, share ${share} %` }
  },
}

function draw(candidate: Candidate, seed: number): number {
  const u = seededRandom(hashSeed(`${seed}:${candidate.target.name}`))()
  return Math.log(Math.max(u, Number.MIN_VALUE)) / candidate.weight
}
