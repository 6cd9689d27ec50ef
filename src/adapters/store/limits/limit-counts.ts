import type { LimitStats } from '../../../gateway/book-store.ts'

/** A configuration has some hundreds of limits, quotas may be some thousands: more is an accident. */
const MOST_LIMITS = 100_000

interface Counts {
  allowed: number
  denied: number
  amount: number
}

/** What happened at each limit. */
export interface LimitCounts {
  admitted(limitId: string, amount: number): void
  corrected(limitId: string, difference: number): void
  denied(limitId: string): void
  /** All of it, as of this day. */
  rows(date: string): LimitStats[]
  size(): number
  clear(): void
}

export function createLimitCounts(): LimitCounts {
  const limits = new Map<string, Counts>()

  function of(limitId: string): Counts {
    const known = limits.get(limitId)
    if (known !== undefined) return known
    const counts = { allowed: 0, denied: 0, amount: 0 }
    if (limits.size < MOST_LIMITS) limits.set(limitId, counts)
    return counts
  }

  return {
    admitted(limitId, amount) {
      const counts = of(limitId)
      counts.allowed += 1
      counts.amount += amount
    },
    corrected(limitId, difference) {
      of(limitId).amount += difference
    },
    denied(limitId) {
      of(limitId).denied += 1
    },
    rows: (date) => [...limits].map(([limitId, counts]) => ({ date, limitId, ...counts })),
    size: () => limits.size,
    clear: () => limits.clear(),
  }
}

/** `2026-11-20`, in UTC. */
export function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
