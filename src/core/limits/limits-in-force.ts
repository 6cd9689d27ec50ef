import type { Bindings } from './bindings.ts'
import type { Limit } from './limit.ts'
import { openBindings } from './open-bindings.ts'
import type { SetLimit } from './set-limit.ts'

/** The limits of a running gateway: the configuration changes, limits are set, and some expire. */
export interface LimitsInForce {
  /** Those that bind at this time, milliseconds since the epoch. Looked up, and made anew on a change. */
  at(nowMs: number): Bindings
  /** Takes over the limits of a changed configuration. */
  configure(limits: readonly Limit[]): void
  /** Takes over all limits that are set at run time, expired ones included or not. */
  set(limits: readonly SetLimit[]): void
}

/**
 * Requests tell when they arrived, which may be long ago when their bodies are slow: what has expired in
 * the meantime stays expired. A clock that was set back tells of an earlier time than that.
 */
const longestAgoMs = 600_000

export function openLimitsInForce(
  configured: readonly Limit[],
  set: readonly SetLimit[],
): LimitsInForce {
  let limits = configured
  let setLimits = set
  let bindings = openBindings([], [])
  // Nothing expires from the one to the other; the wall clock may step either way.
  let fromMs = Number.POSITIVE_INFINITY
  let untilMs = Number.NEGATIVE_INFINITY
  const changed = () => {
    fromMs = Number.POSITIVE_INFINITY
  }
  const renew = (nowMs: number) => {
    fromMs = Number.NEGATIVE_INFINITY
    untilMs = Number.POSITIVE_INFINITY
    const holding = setLimits.filter(({ expiresAtMs }) => {
      if (expiresAtMs === null) return true
      if (expiresAtMs > nowMs) untilMs = Math.min(untilMs, expiresAtMs)
      else fromMs = Math.max(fromMs, expiresAtMs)
      return expiresAtMs > nowMs
    })
    untilMs = Math.max(untilMs, nowMs + restMs(setLimits.length))
    bindings = openBindings(limits, holding)
  }
  return {
    at(nowMs) {
      if (!(nowMs >= fromMs - longestAgoMs && nowMs < untilMs)) renew(nowMs)
      return bindings
    },
    configure(next) {
      limits = next
      changed()
    },
    set(next) {
      setLimits = next
      changed()
    },
  }
}

/** So that making them anew takes a small part of the time, where many expire one after the other. */
function restMs(limits: number): number {
  return Math.min(limits / 100, 1_000)
}
