/**
 * Probability that a target fails more often than `threshold`, after so many failures and
 * successes: the posterior Beta(1 + failures, 1 + successes) above it. For whole numbers that is
 * the probability of at most `failures` hits in failures + successes + 1 draws (the binomial form
 * of the incomplete beta function). Linear in `failures`: meant for the small counts of thin
 * traffic.
 */
export function probabilityOfFailing(
  failures: number,
  successes: number,
  threshold: number,
): number {
  if (threshold >= 1) return 0
  const draws = failures + successes + 1
  let term = (1 - threshold) ** draws
  let sum = term
  for (let hits = 1; hits <= failures; hits++) {
    term *= ((draws - hits + 1) / hits) * (threshold / (1 - threshold))
    sum += term
  }
  return sum
}
