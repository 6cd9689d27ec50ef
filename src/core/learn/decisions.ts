import type { Learned } from './bandit.ts'

/** A reply that can still be rated. */
export interface Decision {
  readonly alias: string
  readonly client: string | null
  readonly features: Float64Array
  readonly learned: Learned
  /** Its client said how good it was. */
  readonly rated: boolean
  /** Monotonic milliseconds. */
  readonly atMs: number
}

/** A client that rates a reply does so within an hour, or not at all. */
const longestMs = 3_600_000
/** About 600 bytes each. */
const mostDecisions = 20_000

/** The last decisions by the id of their request, bounded in age and number. */
export interface Decisions {
  remember(id: string, decision: Decision): void
  find(id: string, nowMs: number): Decision | null
}

export function createDecisions(limit = mostDecisions): Decisions {
  // A map keeps the order in which its keys came: the oldest is always the first.
  const byId = new Map<string, Decision>()
  return {
    remember(id, decision) {
      const known = byId.has(id)
      byId.set(id, decision)
      if (known) return
      for (const [oldest, { atMs }] of byId) {
        if (byId.size <= limit && decision.atMs - atMs <= longestMs) break
        byId.delete(oldest)
      }
    },
    find(id, nowMs) {
      const decision = byId.get(id)
      return decision === undefined || nowMs - decision.atMs > longestMs ? null : decision
    },
  }
}
