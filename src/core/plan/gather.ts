import type { Alias } from '../catalog.ts'
import type { Vitals } from '../health/vitals.ts'
import type { Denial } from '../limits/limit.ts'
import type { Request } from '../request.ts'
import { candidateFor, type Gathering, type Refused, termsOf } from './candidate-for.ts'
import type { Contender, Excluded } from './plan.ts'
import type { Surroundings } from './surroundings.ts'

/** The candidates of one alias: they are put in order together. */
export interface Stage {
  readonly alias: Alias
  readonly candidates: readonly Contender[]
}

/** What could serve a request, and what could not and why. */
export interface Gathered {
  readonly stages: readonly Stage[]
  readonly excluded: Excluded[]
  /** Of the targets that limits leave no room for, the one that has room again first. */
  readonly denial: Denial | null
  /** Nothing is available, so the stages hold what is not. */
  readonly panic: boolean
}

/**
 * The candidates of the aliases, each target where it is named first. Targets that are down are left
 * out as long as anything else can serve: the last ones are tried all the same.
 */
export function gather(
  aliases: readonly Alias[],
  request: Request,
  surroundings: Surroundings,
): Gathered {
  const refused: Refused[] = []
  const stages = collect(aliases, { request, surroundings, panic: false, refused })
  if (stages.length > 0 || !refused.some(({ isDown }) => isDown)) {
    return { stages, excluded: reasons(refused), denial: soonest(refused), panic: false }
  }
  const again: Refused[] = []
  const all = collect(aliases, { request, surroundings, panic: true, refused: again })
  return { stages: all, excluded: reasons(again), denial: soonest(again), panic: true }
}

function collect(aliases: readonly Alias[], gathering: Gathering): Stage[] {
  const stages: Stage[] = []
  // One alias names no target twice; further ones may.
  const seen = aliases.length > 1 ? new Set<string>() : null
  for (const alias of aliases) {
    const candidates: Contender[] = []
    const { fleet, nowMs } = gathering.surroundings
    const vitals = alias.targets.map(({ target }) => fleet.vitals(target))
    const terms = termsOf(alias, usualOutput(vitals, nowMs))
    let index = 0
    for (const { target, weight } of alias.targets) {
      const known = vitals[index++]
      if (seen?.has(target.name) === true) continue
      seen?.add(target.name)
      const candidate = candidateFor(target, weight, terms, gathering, known)
      if (candidate !== null) candidates.push(candidate)
    }
    if (candidates.length > 0) stages.push({ alias, candidates })
  }
  return stages
}

/** The mean of what the targets of an alias write, by how often each was asked; null before any was. */
function usualOutput(all: readonly Vitals[], nowMs: number): number | null {
  let tokens = 0
  let samples = 0
  for (const vitals of all) {
    const own = vitals.outputTokens(nowMs)
    if (own === null) continue
    const weight = vitals.samples(nowMs)
    tokens += weight * own
    samples += weight
  }
  return samples > 0 ? tokens / samples : null
}

export function reasons(refused: readonly Refused[]): Excluded[] {
  return refused.map(({ target, because }) => ({ target, because }))
}

/** Which limit to tell a client of, when none of its targets has room. */
export function soonest(refused: readonly Refused[]): Denial | null {
  let first: Denial | null = null
  for (const { denial } of refused) if (denial != null) first = sooner(first, denial)
  return first
}

/** The one that has room again first. */
export function sooner(one: Denial | null, other: Denial): Denial {
  return one !== null && waitOf(one) <= waitOf(other) ? one : other
}

function waitOf({ retryAfterMs }: Denial): number {
  return retryAfterMs ?? Number.POSITIVE_INFINITY
}
