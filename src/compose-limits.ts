import { createMemoryState } from './adapters/state/memory/memory-state.ts'
import { readAddress } from './adapters/state/redis/address.ts'
import type { LimitStores } from './adapters/store/limits/limit-stores.ts'
import type { LimitFigures } from './adapters/telemetry/limit-metrics.ts'
import type { Log } from './adapters/telemetry/log.ts'
import type { Prometheus } from './adapters/telemetry/prometheus.ts'
import type { StateSettings } from './config/state-address.ts'
import type { Catalog } from './core/catalog.ts'
import type { Limit } from './core/limits/limit.ts'
import { type LimitsInForce, openLimitsInForce } from './core/limits/limits-in-force.ts'
import type { LimitReports, SetLimitStore } from './gateway/book-store.ts'
import type { FleetShare } from './gateway/fleet-share.ts'
import type { LimitState } from './gateway/limit-state.ts'
import type { Limiting, LimitWitness } from './gateway/limiting.ts'
import { type LimitsSummary, limitsSummary } from './gateway/limits-summary.ts'
import type { Clock } from './gateway/ports.ts'
import { openSetLimits, type SetLimits } from './gateway/set-limits.ts'
import { createWaitingRoom, type WaitingRoom } from './gateway/waiting-room.ts'

export interface LimitsOptions {
  readonly settings: StateSettings
  readonly catalog: Catalog
  readonly stores: LimitStores
  readonly clock: Clock
  readonly log: Log
  readonly prometheus: Prometheus
}

/** Everything about limits of a running gateway. */
export interface OpenedLimits {
  readonly limiting: Limiting
  readonly set: SetLimits
  /** To be read. */
  readonly reports: LimitReports
  /** What replicas tell each other; null where none shares a state with this one. */
  readonly fleet: FleetShare | null
  configure(catalog: Catalog): void
  health(): LimitsSummary
  /** Nobody waits any more: everything that waits for room is told that the gateway stops. */
  drain(): void
  close(): Promise<void>
}

/** Where the books are, and what is set at run time. */
interface Place {
  readonly state: LimitState
  readonly setStore: SetLimitStore
  readonly fleet: FleetShare | null
  /** Before what is set at run time is read. */
  connect(): Promise<void>
  /** What is kept of the books of limits that bind, once those are known. */
  takeUp(): Promise<void>
  close(): Promise<void>
}

export async function openLimits(options: LimitsOptions): Promise<OpenedLimits> {
  const { catalog, stores, clock, log, prometheus } = options
  const room = createWaitingRoom(clock)
  const inForce = waking(room, openLimitsInForce(catalog.limits ?? [], []))
  const all = () => inForce.at(clock.nowMs()).all
  const place = await placeOf(options, all)
  const { state, fleet } = place
  await place.connect()
  const set = await openSetLimits({
    store: place.setStore,
    inForce,
    clock,
    onProblem: (message) => log.event('warn', message),
  })
  await place.takeUp()
  stores.configured(catalog.limits ?? [])
  const limiting: Limiting = {
    inForce,
    state,
    reports: counted(stores.reports, prometheus, clock),
    room,
    tickets: { open: 0 },
  }
  const figures: LimitFigures = {
    health: () => state.health(),
    reservations: () => limiting.tickets.open,
    queued: () => limiting.room.size(),
  }
  prometheus.watchLimits(figures)
  const stopCleaning = cleanHourly(state, clock)
  return {
    limiting,
    set,
    reports: stores.reports,
    fleet,
    configure(next) {
      inForce.configure(next.limits ?? [])
      stores.configured(next.limits ?? [])
    },
    health: () => limitsSummary(state.health(), limiting.room.size()),
    drain: () => limiting.room.close(),
    async close() {
      stopCleaning()
      limiting.room.close()
      set.close()
      await place.close()
    },
  }
}

async function placeOf(options: LimitsOptions, limits: () => readonly Limit[]): Promise<Place> {
  const { settings, stores, clock, log } = options
  if (settings.kind === 'memory') {
    const state = createMemoryState({ clock, store: stores.books })
    return {
      state,
      setStore: stores.set,
      fleet: null,
      connect: nothingToDo,
      takeUp: () => state.open(limits()),
      close: () => state.close(),
    }
  }
  const address = readAddress(settings.url.reveal())
  if (typeof address === 'string')
    throw new Error('a compiled configuration has an address that can be read')
  // Loaded where it is used: its client is a tenth of the memory of a gateway at rest.
  const { createRedisState } = await import('./adapters/state/redis/redis-state.ts')
  const redis = createRedisState({
    address,
    clock,
    limits,
    onMode: (mode, message) => log.event(mode === 'exact' ? 'info' : 'error', message),
    onProblem: (message) => log.event('warn', message),
  })
  return {
    state: redis.limits,
    setStore: redis.setLimits,
    fleet: redis.fleet,
    connect: () => redis.open(),
    takeUp: nothingToDo,
    close: () => redis.close(),
  }
}

const hourMs = 3_600_000
/** Nobody misses a full book; this is for those who look at them. */
const unusedMs = 24 * hourMs

/** Returns how to stop it. */
function cleanHourly(state: LimitState, clock: Clock): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = clock.after(hourMs, () => {
      // What is out of reach now is cleaned in an hour.
      state.cleanup(unusedMs).catch(() => {})
      next()
    })
  }
  next()
  return () => cancel()
}

async function nothingToDo(): Promise<void> {}

/** Who waits for a limit that is another now asks again. */
function waking(room: WaitingRoom, inForce: LimitsInForce): LimitsInForce {
  return {
    at: inForce.at,
    configure(limits) {
      inForce.configure(limits)
      room.changed()
    },
    set(limits) {
      inForce.set(limits)
      room.changed()
    },
  }
}

/** What happens is reported with its time, and counted too. */
function counted(reports: LimitReports, prometheus: Prometheus, clock: Clock): LimitWitness {
  return {
    corrected: reports.corrected,
    admitted(limitId, amount) {
      reports.admitted(limitId, amount)
      prometheus.limited(limitId, 'admitted')
    },
    violated(violation) {
      reports.violated({ ...violation, atMs: clock.nowMs() })
      prometheus.limited(violation.limitId, 'refused')
    },
  }
}
