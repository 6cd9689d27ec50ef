import type { Arrival } from './arrival.ts'

/**
 * Exactly so many requests at so many times the rate. A trace that is too short begins again after its
 * last request, at the distance its requests have on average.
 */
export function shapeTraffic(
  trace: readonly Arrival[],
  requests: number,
  speed: number,
): readonly Arrival[] {
  const last = trace.at(-1)?.atMs ?? 0
  const roundMs = trace.length > 1 ? (last * trace.length) / (trace.length - 1) : last + 1_000
  const shaped: Arrival[] = []
  for (let index = 0; index < requests; index++) {
    const arrival = trace[index % trace.length]
    if (arrival === undefined) break
    const round = Math.floor(index / trace.length)
    shaped.push({ ...arrival, atMs: (arrival.atMs + round * roundMs) / speed })
  }
  return shaped
}
