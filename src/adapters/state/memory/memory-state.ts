import type { Charge, Limit } from '../../../core/limits/limit.ts'
import type { BookStore, SavedBook } from '../../../gateway/book-store.ts'
import type { LimitState } from '../../../gateway/limit-state.ts'
import type { Clock } from '../../../gateway/ports.ts'
import { MemoryBooks } from './memory-books.ts'

export interface MemoryStateOptions {
  readonly clock: Clock
  /** Where books outlive the process; null: nowhere. Closed by `close`. */
  readonly store: BookStore | null
  /** Of all limits together; 1,000,000 where not given. */
  readonly mostBooks?: number
  /**
   * The part of a limit that this process may give out, 1 where not given: asked at every look at a
   * book, so it may change at any time. A part too small for one request lets none pass.
   */
  readonly shareOf?: (limit: Limit) => number
}

/** The books of this process. `Borrowed.at` is `clock.monotonicMs()`. */
export interface MemoryState extends LimitState {
  /**
   * Takes up what the store has kept, before the first borrowing. `limits`: all there are, those set at
   * run time too; books of others are forgotten.
   */
  open(limits: readonly Limit[]): Promise<void>
  /**
   * Charges without asking, also beyond what a limit allows: what was admitted elsewhere. Settled as
   * what is borrowed, with the same `at`: monotonic milliseconds of the clock, not in the future.
   */
  take(ticket: string, charges: readonly Charge[], at: number): void
  /** Every book that a store would keep, as it is now. */
  snapshot(): readonly SavedBook[]
}

/** Empty until `open`, if there is a store. Times are those of `clock`; a step of its wall time is believed late. */
export function createMemoryState(options: MemoryStateOptions): MemoryState {
  return new MemoryBooks(options)
}
