import type { Target } from '../catalog.ts'
import type { Failure } from '../failure.ts'
import { isObject, type JsonObject, objectAt } from '../json.ts'
import type { Usage } from '../reply.ts'
import type { HealthChange, OnHealthChange } from './change.ts'
import { defaultHealth, type HealthInForce, type HealthSettings } from './settings.ts'
import { TargetHealth } from './target-health.ts'
import { unknownVitals } from './unknown-vitals.ts'
import type { Vitals } from './vitals.ts'

/** What an attempt is expected to weigh. */
export interface Load {
  readonly inputTokens: number
  readonly outputTokens: number
  /** The reply comes in one piece: there is no first token to time. Default: it is streamed. */
  readonly whole?: boolean
}

/**
 * How an attempt ended. `cancelled`: we gave it up (hedge loser, client gone), which is nobody's
 * fault.
 */
export interface Finished {
  readonly result: 'success' | 'failure' | 'cancelled'
  readonly failure: Failure | null
  readonly usage: Usage
  /** Null when there is no price. */
  readonly costNanoUsd: number | null
}

/** One attempt under way, as the fleet sees it. */
export interface Underway {
  /** It is the one request that finds out whether a half-open target is back. */
  readonly probe?: boolean
  /** The first real output came. Of a whole reply it tells nothing. */
  firstOutput(nowMs: number): void
  ended(finished: Finished, nowMs: number): void
}

/** All that is known about all targets. Time is always an argument: monotonic milliseconds. */
export interface Fleet {
  vitals(target: Target): Vitals
  /** An attempt goes out. Where the target's breaker is half-open, this takes the probe. */
  sent(target: Target, load: Load, nowMs: number): Underway
  /** Figures of a provider's rate-limit headers, with every reply that has them. */
  heard(target: Target, headers: Readonly<Record<string, string>>, nowMs: number): void
}

/**
 * The fleet of a running gateway: one for all requests, kept over reloads and, by snapshots,
 * restarts.
 */
export interface LiveFleet extends Fleet {
  /**
   * Takes other settings; what is known stays. Targets named here are never forgotten for those that
   * clients make up.
   */
  configure(settings: HealthSettings, configured: Iterable<string>): void
  /**
   * A check of the gateway's own found a provider working, or not, without any request of a client.
   */
  checked(targets: readonly Target[], problem: Failure | null, nowMs: number): void
  /**
   * Takes up what another gateway saw of a target; true where it changed what is known here. It calls
   * no `onChange`, so nothing is echoed. `random`, in [0, 1), sets gateways apart: they do not all
   * probe at once.
   */
  told(change: HealthChange, random: number, nowMs: number): boolean
  /** Every target of which anything is known. */
  all(): Iterable<Vitals>
  /** Counts all observations: equal figures, equal knowledge. */
  observations(): number
  snapshot(nowMs: number): JsonObject
  /**
   * Takes up what `snapshot` gave, read leniently: what cannot be read is unknown. `takenMs` is the
   * instant of the snapshot on the clock of now, before its zero if the process is younger.
   */
  restore(snapshot: unknown, takenMs: number): void
}

/** Clients can name any model of a provider, so the number of targets is bounded. */
const mostTargets = 2_000
const keptTargets = 1_500

export function createFleet(
  settings: HealthSettings = defaultHealth,
  onChange: OnHealthChange = () => {},
): LiveFleet {
  const inForce: HealthInForce = { settings, configured: new Set() }
  const known = new Map<string, TargetHealth>()
  let checks = 0

  const healthOf = (target: Target): TargetHealth => {
    let health = known.get(target.name)
    if (health === undefined) {
      if (known.size >= mostTargets + inForce.configured.size) forgetOldest(known, inForce)
      health = new TargetHealth(target.name, inForce, onChange)
      known.set(target.name, health)
    }
    health.use(target)
    return health
  }

  return {
    vitals(target) {
      const health = known.get(target.name)
      if (health === undefined) return unknownVitals(target.name)
      health.use(target)
      return health
    },
    sent(target, load, nowMs) {
      return healthOf(target).send(load, nowMs)
    },
    heard(target, headers, nowMs) {
      known.get(target.name)?.heard(headers, nowMs)
    },
    configure(changed, configured) {
      inForce.settings = changed
      inForce.configured = new Set(configured)
    },
    checked(targets, problem, nowMs) {
      checks++
      for (const target of targets) {
        if (problem !== null) healthOf(target).checkFailed(problem, nowMs)
        else known.get(target.name)?.breakerState.hopeful(nowMs)
      }
    },
    told(change, random, nowMs) {
      let health = known.get(change.target)
      if (health === undefined) {
        if (change.to === 'closed' || known.size >= mostTargets) return false
        health = new TargetHealth(change.target, inForce, onChange)
        known.set(change.target, health)
      }
      return health.told(change, random, nowMs)
    },
    all: () => known.values(),
    observations() {
      let sum = checks
      for (const health of known.values()) sum += health.observations
      return sum
    },
    snapshot(nowMs) {
      const targets: JsonObject = {}
      for (const [name, health] of known) targets[name] = health.snapshot(nowMs)
      return { version: 1, targets }
    },
    restore(snapshot, takenMs) {
      if (!isObject(snapshot) || snapshot['version'] !== 1) return
      for (const [name, saved] of Object.entries(objectAt(snapshot, 'targets') ?? {})) {
        if (known.size >= mostTargets) return
        if (known.has(name) || !isObject(saved)) continue
        const health = new TargetHealth(name, inForce, onChange)
        health.restore(saved, takenMs)
        known.set(name, health)
      }
    },
  }
}

/** A quarter at a time, so that a flood of invented names does not sort them all with each one. */
function forgetOldest(known: Map<string, TargetHealth>, { configured }: HealthInForce): void {
  const idle = [...known.values()].filter(
    ({ inFlight, target }) => inFlight === 0 && !configured.has(target),
  )
  idle.sort((one, other) => one.lastUsedMs - other.lastUsedMs)
  for (const { target } of idle.slice(0, mostTargets - keptTargets)) known.delete(target)
}
