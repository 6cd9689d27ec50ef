import type { LiveFleet } from '../core/health/fleet.ts'
import type { Clock, FleetStore } from './ports.ts'

export interface FleetKeeper {
  /** Saves once more, and stops. */
  stop(): Promise<void>
}

const saveEveryMs = 5_000

/**
 * Takes up what a run before this one knew of the targets. The monotonic clock began anew since, so
 * the time in between is taken from the clock on the wall; one that went back counts as no time.
 */
export async function restoreFleet(
  fleet: LiveFleet,
  store: FleetStore,
  clock: Clock,
): Promise<void> {
  const saved = await store.load()
  if (saved === null) return
  const passedMs = Math.max(0, clock.nowMs() - saved.savedAtMs)
  fleet.restore(saved.fleet, clock.monotonicMs() - passedMs)
}

/** Saves what is known of the targets every few seconds in which something was learned. */
export function keepFleet(fleet: LiveFleet, store: FleetStore, clock: Clock): FleetKeeper {
  let savedObservations = fleet.observations()
  let saving: Promise<void> = Promise.resolve()

  const save = async () => {
    const observations = fleet.observations()
    if (observations === savedObservations) return
    savedObservations = observations
    const snapshot = fleet.snapshot(clock.monotonicMs())
    await store.save({ savedAtMs: clock.nowMs(), fleet: snapshot })
  }
  const next = () =>
    clock.after(saveEveryMs, () => {
      saving = save().then(() => {
        if (!stopped) cancel = next()
      })
    })
  let stopped = false
  let cancel = next()

  return {
    async stop() {
      stopped = true
      cancel()
      await saving
      await save()
    },
  }
}
