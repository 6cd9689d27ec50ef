import { largestAmount } from './limit-bounds.ts'

/** No request comes to more: 8,796 dollars in nano-dollars. What claims to is an error of counting. */
const mostOfOneRequest = 2 ** 43

/**
 * What is taken from a book, in whole units: sums of them stay exact, and what was taken can be given
 * back to the last one. What is no amount is none.
 */
export function takenAmount(amount: number): number {
  return amount > 0 ? Math.min(Math.ceil(amount), largestAmount) : 0
}

/**
 * What it came to. Where the figure cannot be true (negative, no number) it was not reported, and what
 * had been borrowed stays taken.
 */
export function actualAmount(actual: number, borrowed: number): number {
  return actual >= 0 ? Math.min(Math.ceil(actual), Math.max(mostOfOneRequest, borrowed)) : borrowed
}
