/** What people know of a duration: its middle and its tail. */
export interface Spread {
  readonly p50: number
  readonly p99: number
}

/** The 99th percentile of the standard normal distribution. */
const z99 = 2.3263478740408408

/**
 * The lognormal distribution through both quantiles: mu = ln p50, sigma = ln(p99 / p50) / z99. `normal`
 * is a draw from the standard normal distribution.
 */
export function lognormal({ p50, p99 }: Spread, normal: number): number {
  if (p50 <= 0) return 0
  return p50 * Math.exp((Math.log(p99 / p50) / z99) * normal)
}
