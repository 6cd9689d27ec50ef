import { draw } from './draw.ts'
import type { Outlook } from './outlook.ts'
import type { Candidate } from './plan.ts'

/** Share of the requests of an alias that may find out about targets without any measurement. */
const newShare = 0.1
/** The same for measurements that have grown old, before it is scaled by how good they were. */
const staleShare = 0.02
/** Requests under way at a target that is explored: a hung one must not swallow more than these. */
const mostUnderway = 2
/** Keeps these dice apart from those that break ties. */
const salt = 0x5bd1e995

/**
 * The candidate this request should find out about, or null, which is the rule. `values` is what the
 * strategy measures of each candidate: higher is better, null is never measured. Targets that were far
 * behind when they were last seen are looked at again less often, so that looking stays cheap.
 */
export function toExplore<One extends Candidate>(
  candidates: readonly One[],
  values: readonly (number | null)[],
  seed: number,
): One | null {
  let unknown = 0
  let best = 0
  let index = 0
  for (const { outlook } of candidates) {
    const value = values[index++] ?? 0
    if (isOpen(outlook)) unknown++
    if (value > best) best = value
  }
  if (unknown === 0 || best === 0) return null
  let chosen: One | null = null
  let lowest = 1
  index = 0
  for (const candidate of candidates) {
    const value = values[index++] ?? null
    const { outlook, target } = candidate
    if (!isOpen(outlook) || outlook.inFlight >= mostUnderway || value === best) continue
    const isNew = value === null || outlook.breaker !== 'closed'
    const share = isNew ? newShare : staleShare * (value / best)
    const drawn = (draw(seed ^ salt, target.name) * unknown) / share
    if (drawn < lowest) {
      lowest = drawn
      chosen = candidate
    }
  }
  return chosen
}

/** Whether there may be a candidate to find out about, which needs no values to be told. */
export function anyToExplore(candidates: readonly Candidate[]): boolean {
  for (const { outlook } of candidates) if (isOpen(outlook)) return true
  return false
}

/** Whether there is something to find out: hardly any recent call, or a breaker that needs its probe. */
function isOpen({ samples, breaker }: Outlook): boolean {
  return samples < 1 || breaker !== 'closed'
}
