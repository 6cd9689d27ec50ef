/**
 * Counts that are handed to their metric only when someone asks for metrics: adding is an addition.
 */
export interface Tallies {
  /**
   * Adds amounts to `counter` by and by; zero and garbage (NaN, negative, infinite) count nothing.
   */
  of(counter: { inc(amount: number): void }): (amount: number) => void
  handOver(): void
}

export function createTallies(): Tallies {
  const each: (() => void)[] = []

  return {
    of(counter) {
      let sum = 0
      each.push(() => {
        if (sum > 0) counter.inc(sum)
        sum = 0
      })
      return (amount) => {
        if (amount > 0 && amount < Number.POSITIVE_INFINITY) sum += amount
      }
    },
    handOver() {
      for (const hand of each) hand()
    },
  }
}
