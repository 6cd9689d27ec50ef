import type { Availability, Vitals } from './vitals.ts'

const ready: Availability = Object.freeze({ state: 'ready' })

/**
 * Of a target that was never used. Looking at it keeps nothing: clients can name any number of
 * models.
 */
export function unknownVitals(target: string): Vitals {
  return {
    target,
    inFlight: 0,
    outstandingTokens: 0,
    breaker: () => 'closed',
    availability: () => ready,
    successRate: () => 1,
    samples: () => 0,
    firstTokenMs: () => null,
    msPerOutputToken: () => null,
    latencySpread: () => null,
    outputTokens: () => null,
    firstTokens: () => null,
    headroom: () => null,
    slowShare: () => 0,
  }
}
