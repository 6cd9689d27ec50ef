import { capabilityNames, type Needs } from '../../needs.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed } from '../ranked.ts'
import type { Moment, Ranked, Strategy } from '../strategy.ts'

/**
 * The most suitable by what is known of the models. Those that certainly cannot serve the request are
 * excluded before; here a target whose abilities are known for everything the request needs comes
 * before one of which something is unknown. Among equals the weight of the configuration says which
 * is better, then the lower expected cost.
 */
export const capability: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], { request }: Moment) {
    const needs = request.needs()
    let needed = 0
    for (const name of capabilityNames) if (needs[name]) needed++
    let heaviest = 0
    for (const { weight } of candidates) heaviest = Math.max(heaviest, weight)
    const keyed: Keyed<One>[] = []
    for (const candidate of candidates) {
      const unknown = unknownOf(candidate, needs)
      const suitable = needed === 0 ? 1 : 1 - unknown / needed
      const preferred = candidate.weight / heaviest
      // The weight decides only where the same number of needs is unknown.
      const key = -unknown + preferred / 2
      const tie = -(candidate.outlook.costNanoUsd ?? Number.POSITIVE_INFINITY)
      const scores = { suitable, preferred }
      keyed.push(new Keyed(candidate, key, tie, suitable, scores))
    }
    const order = byKey(keyed)
    return { order, reason: reasonFor(order, needs, needed), confidence: null }
  },
}

function unknownOf({ target }: Candidate, needs: Needs): number {
  let unknown = 0
  for (const name of capabilityNames) {
    if (needs[name] && target.capabilities[name] === null) unknown++
  }
  return unknown
}

function reasonFor([first]: readonly Ranked[], needs: Needs, needed: number): string {
  if (first === undefined) return ''
  if (needed === 0) return 'most preferred: the request needs nothing special'
  const wanted = capabilityNames.filter((name) => needs[name])
  const known = wanted.filter((name) => first.candidate.target.capabilities[name] !== null)
  return known.length === needed
    ? `most suitable: known to do ${wanted.join(', ')}`
    : `most suitable: of ${wanted.join(', ')}, ${known.length} of ${needed} are known`
}
