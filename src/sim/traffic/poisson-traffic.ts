import { hashSeed, seededRandom } from '../../core/random.ts'
import { normal } from '../dice.ts'
import { lognormal, type Spread } from '../provider/lognormal.ts'
import type { Arrival } from './arrival.ts'

/** Requests that know nothing of each other. */
export interface PoissonTraffic {
  readonly requestsPerSecond: number
  readonly inputTokens: Spread
  readonly outputTokens: Spread
}

/** Exponential gaps and lognormal lengths; no reply and no prompt is empty. */
export function poissonTraffic(
  traffic: PoissonTraffic,
  requests: number,
  seed: number,
): readonly Arrival[] {
  const random = seededRandom(hashSeed(`traffic ${seed}`))
  const arrivals: Arrival[] = []
  let atMs = 0
  for (let index = 0; index < requests; index++) {
    arrivals.push({
      atMs,
      inputTokens: Math.max(1, Math.round(lognormal(traffic.inputTokens, normal(random)))),
      outputTokens: Math.max(1, Math.round(lognormal(traffic.outputTokens, normal(random)))),
    })
    atMs += (-Math.log(1 - random()) / traffic.requestsPerSecond) * 1_000
  }
  return arrivals
}
