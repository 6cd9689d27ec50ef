/**
 * Wall time that no step of the clock moves at once: it goes on with the monotonic clock, and a step is
 * believed only when it has stood for a while. Else a clock that jumps a day ahead and back would fill
 * every daily budget.
 */
export interface SteadyWall {
  /** Wall time less monotonic time, as believed. */
  offsetMs: number
  /** What the clock claims instead, and since when (monotonic); NaN: it agrees. */
  doubtedOffsetMs: number
  doubtedSinceMs: number
}

/** Slewing and reading two clocks one after the other explain so much. */
const driftMs = 2_000
const believedAfterMs = 600_000

/** The first reading is believed: there is nothing to hold against it. */
export function steadyWall(wallMs: number, monotonicMs: number): SteadyWall {
  return {
    offsetMs: wallMs - monotonicMs,
    doubtedOffsetMs: Number.NaN,
    doubtedSinceMs: 0,
  }
}

/** Takes in what both clocks say now; returns the time since the epoch to go by. */
export function followWall(steady: SteadyWall, wallMs: number, monotonicMs: number): number {
  const claimed = wallMs - monotonicMs
  if (Math.abs(claimed - steady.offsetMs) < driftMs) {
    steady.offsetMs = claimed
    steady.doubtedOffsetMs = Number.NaN
    return wallMs
  }
  if (Math.abs(claimed - steady.doubtedOffsetMs) < driftMs) {
    if (monotonicMs - steady.doubtedSinceMs >= believedAfterMs) {
      steady.offsetMs = claimed
      steady.doubtedOffsetMs = Number.NaN
    }
  } else {
    steady.doubtedOffsetMs = claimed
    steady.doubtedSinceMs = monotonicMs
  }
  return monotonicMs + steady.offsetMs
}
