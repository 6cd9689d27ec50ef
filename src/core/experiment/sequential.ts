/** A difference between two means, as far as it is known. */
export interface Difference {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * Number of pairs the interval is narrowest at, relative to a test of that length; 100 as TensorZero has
 * it: early enough to catch a bad arm, and later intervals are hardly wider.
 */
const tunedFor = 100

/**
 * Interval of a difference between two means that holds at all times at once: whoever looks after each
 * request and stops when he likes what he sees is wrong with probability `alpha` in all.
 *
 * Asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, theorem 2.2):
 * √((nρ² + 1) / (nρ²) · ln((nρ² + 1) / α²)) standard errors on either side, with
 * ρ² = (−2 ln α + ln(−2 ln α) + 1) / n*, which makes it narrowest at n*. `pairs` is n, the harmonic count
 * 1 / (1/n₁ + 1/n₂); `variance` that of the difference.
 */
export function differenceAtAnyTime(
  estimate: number,
  variance: number,
  pairs: number,
  alpha: number,
): Difference {
  const doubled = -2 * Math.log(alpha)
  const grown = (pairs * (doubled + Math.log(doubled) + 1)) / tunedFor
  const errors = Math.sqrt(((grown + 1) / grown) * (Math.log(grown + 1) + doubled))
  const width = errors * Math.sqrt(variance)
  return { estimate, low: estimate - width, high: estimate + width }
}
