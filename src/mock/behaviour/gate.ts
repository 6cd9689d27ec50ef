import { seededRandom } from '../../core/random.ts'
import type { Behaviour } from './behaviour.ts'
import { noTrouble, openGate } from './behaviour.ts'

/**
 * Decides for each request whether trouble comes to it, and remembers what it decided: the first so
 * many of a key, a stretch of time, a seeded share.
 */
export interface Gatekeeper {
  /** The behaviour for this request: as it is, or without its trouble. */
  decide(behaviour: Behaviour, model: string, sinceStartMs: number): Behaviour
}

export function createGatekeeper(seed: number): Gatekeeper {
  const struck = new Map<string, number>()
  const random = seededRandom(seed)

  function lets(behaviour: Behaviour, model: string, sinceStartMs: number): boolean {
    const { times, key, outage, rate } = behaviour.gate
    if (outage !== null && (sinceStartMs < outage.fromMs || sinceStartMs >= outage.toMs)) {
      return false
    }
    if (rate !== null && random() >= rate) return false
    if (times === null) return true
    const counter = key ?? model
    const before = struck.get(counter) ?? 0
    struck.set(counter, before + 1)
    return before < times
  }

  return {
    decide(behaviour, model, sinceStartMs) {
      if (behaviour.trouble === noTrouble || behaviour.gate === openGate) return behaviour
      return lets(behaviour, model, sinceStartMs)
        ? behaviour
        : { ...behaviour, trouble: noTrouble, gate: openGate }
    },
  }
}
