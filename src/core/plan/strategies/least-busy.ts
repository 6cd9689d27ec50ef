import { drawKey } from '../draw.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed } from '../ranked.ts'
import type { Moment, Ranked, Strategy } from '../strategy.ts'

/** Tokens at which the score of the load is a half. */
const usualRequest = 1_000

/**
 * Two targets are drawn by weight, and the one with fewer tokens under way per weight comes first: so
 * no target is everybody's choice in the moment it is the emptiest (Mitzenmacher, "The power of two
 * choices"). The rest follow in order of load. Tokens, because a request may be a thousand times as
 * much work as another.
 */
export const leastBusy: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { seed }: Moment) {
    const keyed: Keyed<One>[] = []
    let first: Keyed<One> | null = null
    let second: Keyed<One> | null = null
    for (const candidate of candidates) {
      const load = loadOf(candidate)
      const drawn = drawKey(seed, candidate.target.name, candidate.weight)
      const scores = { load: usualRequest / (usualRequest + load) }
      const one = new Keyed(candidate, -load, drawn, scores.load, scores)
      keyed.push(one)
      if (first === null || drawn > first.tie) {
        second = first
        first = one
      } else if (second === null || drawn > second.tie) {
        second = one
      }
    }
    const chosen = first !== null && second !== null && second.key > first.key ? second : first
    const order = byKey(keyed)
    if (chosen !== null && order[0] !== chosen) {
      order.splice(order.indexOf(chosen), 1)
      order.unshift(chosen)
    }
    return { order, reason: reasonFor(order), confidence: null }
  },
}

/** Tokens under way per weight: nothing to do is the same for all, and the draw decides by weight. */
function loadOf({ outlook, weight }: Candidate): number {
  return outlook.outstandingTokens / weight
}

function reasonFor(order: readonly Ranked[]): string {
  const [first] = order
  if (first === undefined) return ''
  const { outstandingTokens, inFlight } = first.candidate.outlook
  const busy = `${Math.round(outstandingTokens)} tokens of ${inFlight} requests under way`
  return order.length === 1 ? `the only one: ${busy}` : `less busy of two drawn: ${busy}`
}
