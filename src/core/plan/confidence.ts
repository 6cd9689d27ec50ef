import type { Outlook } from './outlook.ts'

/** Of a latency nobody has seen vary: as much as an exponential distribution does. */
const unknownSpread = 1

/** Standard error of an expected latency over its value: shrinks with the square root of the samples. */
export function relativeError({ latencySpread, samples }: Outlook): number {
  return (latencySpread ?? unknownSpread) / Math.sqrt(Math.max(samples, 1))
}

/**
 * How sure it is, 0.5 to 1, that the first is really ahead of the second: the normal distribution
 * function of their distance in standard errors.
 */
export function confidenceOf(distance: number, standardError: number): number {
  if (distance <= 0) return 0.5
  if (standardError <= 0) return 1
  return normalCdf(distance / standardError)
}

/** Where there is nobody to compare with: grows with the samples, a half after ten. */
export function confidenceAlone(samples: number): number {
  return samples / (samples + 10)
}

/** Φ(z) for z ≥ 0, Abramowitz and Stegun 26.2.17: off by less than 7.5e-8. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}
