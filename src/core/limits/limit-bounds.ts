/**
 * Of amount and burst together, in units of the metric: sums of what books hold stay exact integers.
 * In dollars: nine million.
 */
export const largestAmount = 9_000_000_000_000_000
