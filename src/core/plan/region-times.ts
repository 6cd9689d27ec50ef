import { arrayAt, type JsonObject, type JsonValue } from '../json.ts'

/**
 * How long targets of a region take to show first output to clients of a region, measured. Upper and
 * lower case are the same.
 */
export interface RegionTimes {
  /** A request from `client` had first output from a target in `provider` after so many ms. */
  observe(client: string, provider: string, firstOutputMs: number): void
  /** null before it has been measured often enough. */
  expectedMs(client: string, provider: string): number | null
  /** For `openRegionTimes` after a restart. */
  snapshot(): JsonObject
}

interface Estimate {
  count: number
  meanMs: number
}

/** Clients choose what they call their region, so the number of pairs has to end somewhere. */
const mostPairs = 512
/** Measurements before an estimate is used. */
const leastCount = 5
/** Of the newest measurement, once there are many: about the last 20 count. */
const smoothing = 0.1

/** Estimates per pair of regions, from a snapshot or empty. What is not readable is left out. */
export function openRegionTimes(snapshot: JsonValue | null = null): RegionTimes {
  const estimates = new Map<string, Estimate>()
  for (const entry of arrayAt(snapshot ?? undefined, 'pairs')) {
    const [pair, count, meanMs] = Array.isArray(entry) ? entry : []
    if (typeof pair !== 'string' || typeof count !== 'number' || typeof meanMs !== 'number')
      continue
    if (estimates.size < mostPairs) estimates.set(pair, { count, meanMs })
  }
  return {
    observe(client, provider, firstOutputMs) {
      const pair = pairOf(client, provider)
      const estimate = estimates.get(pair) ?? { count: 0, meanMs: 0 }
      estimate.count += 1
      const share = Math.max(smoothing, 1 / estimate.count)
      estimate.meanMs += (firstOutputMs - estimate.meanMs) * share
      // Back to the end of the map: what is heard of least recently stands first and goes first.
      estimates.delete(pair)
      estimates.set(pair, estimate)
      const [oldest] = estimates.size > mostPairs ? estimates.keys() : []
      if (oldest !== undefined) estimates.delete(oldest)
    },
    expectedMs(client, provider) {
      const estimate = estimates.get(pairOf(client, provider))
      return estimate === undefined || estimate.count < leastCount ? null : estimate.meanMs
    },
    snapshot() {
      return { pairs: [...estimates].map(([pair, { count, meanMs }]) => [pair, count, meanMs]) }
    },
  }
}

const pairOf = (client: string, provider: string): string => `${client}\n${provider}`.toLowerCase()
