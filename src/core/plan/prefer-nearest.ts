import type { Preferred, RuleCase } from './apply-rules.ts'
import type { Occasion } from './occasion.ts'
import { nearness } from './regions.ts'

const nothing: Preferred = { candidates: [], why: '' }

/**
 * The candidates whose region is near the client's, nearest first: by measured time once every region in
 * question has been measured from there, until then as configured. Within a region the strategy decides.
 */
export function preferNearest({ ranked, occasion }: RuleCase): Preferred {
  const { region } = occasion
  if (region === null) return nothing
  const there = new Set<string>()
  for (const { target } of ranked)
    if (target.provider.region !== null) there.add(target.provider.region.toLowerCase())
  const measured = distances(there, (one) => occasion.regionTimes?.expectedMs(region, one) ?? null)
  const byTime = there.size > 1 && measured.size === there.size
  const distance = byTime
    ? measured
    : distances(there, (one) => nearness(region, one, occasion.regions))
  const distanceOf = (one: string | null): number =>
    distance.get(one?.toLowerCase() ?? '') ?? Number.POSITIVE_INFINITY
  const candidates = ranked
    .filter(({ target }) => distanceOf(target.provider.region) < Number.POSITIVE_INFINITY)
    .sort((a, b) => distanceOf(a.target.provider.region) - distanceOf(b.target.provider.region))
  const [first] = candidates
  if (first === undefined) return nothing
  return { candidates, why: whyNear(region, first.target.provider.region ?? '', occasion, byTime) }
}

function distances(regions: Iterable<string>, of: (region: string) => number | null) {
  const found = new Map<string, number>()
  for (const region of regions) {
    const distance = of(region)
    if (distance !== null) found.set(region, distance)
  }
  return found
}

function whyNear(client: string, provider: string, occasion: Occasion, byTime: boolean): string {
  const ms = byTime ? occasion.regionTimes?.expectedMs(client, provider) : null
  const measured = ms === null || ms === undefined ? '' : `, measured ${Math.round(ms)} ms`
  return `region ${provider} is nearest to ${client}${measured}`
}
