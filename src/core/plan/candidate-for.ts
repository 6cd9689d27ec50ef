import type { Alias, Retry, Target, Timeouts } from '../catalog.ts'
import type { FailureClass } from '../failure.ts'
import type { Denial } from '../limits/limit.ts'
import type { Request } from '../request.ts'
import { draw } from './draw.ts'
import { unfit } from './exclude.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import type { Contender, Excluded } from './plan.ts'
import { noScores } from './ranked.ts'
import { routeTo } from './route-to.ts'
import type { Surroundings } from './surroundings.ts'

/** How targets are asked that stand under one name. */
export interface Terms {
  /** The alias; null for a target the client named itself. */
  readonly via: string | null
  readonly retry: Retry
  readonly timeouts: Timeouts
  readonly fallsThrough: readonly FailureClass[] | undefined
  readonly successThreshold: number | undefined
  /** Tokens a reply under this name usually has; null or absent: none was seen yet. */
  readonly usualOutput?: number | null
}

export function termsOf(alias: Alias, usualOutput: number | null = null): Terms {
  const { name, retry, timeouts, fallsThrough, successThreshold } = alias
  return { via: name, retry, timeouts, fallsThrough, successThreshold, usualOutput }
}

/** Why a target is no candidate. */
export interface Refused extends Excluded {
  /** It could serve, and is unavailable at this moment. */
  readonly isDown: boolean
  /** The limit that leaves no room for it now; null or absent: none. */
  readonly denial?: Denial | null
}

export interface Gathering {
  readonly request: Request
  readonly surroundings: Surroundings
  /** Targets that are down are candidates too. */
  readonly panic: boolean
  readonly refused: Refused[]
}

/** Success rates below this put a target last, where the alias does not say otherwise. */
const usualThreshold = 0.8
/** Calls a success rate must rest on before it is held against a target. */
const leastCalls = 10
/** Keeps the dice of recovering targets apart from those of the strategies. */
const salt = 0x2545f491

/** What the request can expect of a target; null where it is not considered, which is noted. */
export function candidateFor(
  target: Target,
  weight: number,
  terms: Terms,
  { request, surroundings, panic, refused }: Gathering,
  vitals = surroundings.fleet.vitals(target),
): Contender | null {
  const route = routeTo(target, request)
  const cannot = typeof route === 'string' ? route : unfit(target, request)
  if (typeof route === 'string' || cannot !== null) {
    refused.push({ target: target.name, because: cannot ?? '', isDown: false })
    return null
  }
  const { nowMs, seed } = surroundings
  const availability = vitals.availability(nowMs)
  if (availability.state === 'unavailable' && !panic) {
    refused.push({ target: target.name, because: availability.because, isDown: true })
    return null
  }
  const noRoom = surroundings.room?.denied(target) ?? null
  if (noRoom !== null) {
    // Also in panic: a hard limit is no guess at how a target is.
    refused.push({ target: target.name, isDown: false, ...noRoom })
    return null
  }
  const outlook = outlookOf(vitals, target, request, nowMs, terms.usualOutput)
  let goesLast: string | null = null
  if (availability.state === 'ready') goesLast = failsOften(outlook, terms.successThreshold)
  else if (
    availability.state === 'ramping' &&
    draw(seed ^ salt, target.name) >= availability.share
  ) {
    goesLast = `recovering: takes ${percent(availability.share)} of its traffic`
  }
  const { via, retry, timeouts, fallsThrough } = terms
  const scores = noScores
  // Written out, because adding to an object, or copying one, takes longer than to make it.
  return fallsThrough === undefined || fallsThrough.length === 0
    ? { target, route, weight, via, retry, timeouts, outlook, goesLast, score: null, scores }
    : {
        target,
        route,
        weight,
        via,
        retry,
        timeouts,
        outlook,
        goesLast,
        fallsThrough,
        score: null,
        scores,
      }
}

/** A target that is probed or coming back has failed a lot, and shall show that it no longer does. */
function failsOften({ successRate, samples }: Outlook, threshold = usualThreshold): string | null {
  if (successRate >= threshold || samples < leastCalls) return null
  return `only ${percent(successRate)} of ${Math.round(samples)} calls succeeded`
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
