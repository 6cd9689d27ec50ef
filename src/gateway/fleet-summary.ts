import type { LiveFleet } from '../core/health/fleet.ts'

/** A target that is left alone now. */
export interface Unavailable {
  readonly target: string
  readonly because: string
  /** Until it may be asked again. */
  readonly forMs: number
}

export interface FleetSummary {
  /** Of which anything is known. */
  readonly targets: number
  readonly unavailable: number
  /** Those longest away first; the rest is in the metrics. */
  readonly longest: readonly Unavailable[]
}

const mostShown = 10

/** What is out of use now, in the size of a health report. `nowMs` is monotonic. */
export function fleetSummary(fleet: Pick<LiveFleet, 'all'>, nowMs: number): FleetSummary {
  const away: Unavailable[] = []
  let targets = 0
  for (const vitals of fleet.all()) {
    targets++
    const availability = vitals.availability(nowMs)
    if (availability.state !== 'unavailable') continue
    const { because, untilMs } = availability
    away.push({ target: vitals.target, because, forMs: Math.round(untilMs - nowMs) })
  }
  away.sort((one, other) => other.forMs - one.forMs)
  return { targets, unavailable: away.length, longest: away.slice(0, mostShown) }
}
