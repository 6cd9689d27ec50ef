/** Count, mean and sum of squared deviations: all that is kept of a row of numbers. */
export interface Moments {
  readonly count: number
  readonly mean: number
  readonly squares: number
}

export const noMoments: Moments = { count: 0, mean: 0, squares: 0 }

/** Welford (1962): stable where the sum of squares would lose every digit. */
export function withValue({ count, mean, squares }: Moments, value: number): Moments {
  const difference = value - mean
  const newMean = mean + difference / (count + 1)
  return {
    count: count + 1,
    mean: newMean,
    squares: squares + difference * (value - newMean),
  }
}

/** Of the mean, squared; infinite before there are two values. */
export function varianceOfMean({ count, squares }: Moments): number {
  return count < 2 ? Number.POSITIVE_INFINITY : squares / (count - 1) / count
}
