import type { Charge, Denial, Limit, Reading } from '../core/limits/limit.ts'

/**
 * The books of all limits. Every implementation keeps the promises of test/conformance/limits: checked
 * and charged in one step, never more than a limit allows, nothing lost or leaked however requests end.
 */
export interface LimitState {
  /**
   * Charges all of it or nothing, and calls back when that outlives the process. Books of this process are
   * charged at once, and it calls back at the end of this turn of the event loop, or at once where there
   * is nothing to keep; others within the time-out of the state: one that is out of reach answers from a
   * local share.
   */
  borrow(borrowing: Borrowing, answer: (borrowed: Borrowed) => void): void
  /**
   * The truth about what was borrowed. Cannot fail: what cannot be told now is told later. Nothing needs to
   * be told of requests: they are not reserved but counted, and settled only to take them back.
   */
  settle(corrections: readonly Correction[]): void
  /** How books stand, as far as this process knows: for plans and explanations. Changes nothing. */
  look(charges: readonly Charge[]): readonly Reading[]
  /** First of the charges there is no room for, as far as this process knows; null: there is. */
  wouldDeny(charges: readonly Charge[]): Denial | null
  /** Books in use, for listings; at most `limit`. */
  books(filter: BookFilter): Promise<readonly Book[]>
  /** Empties books: as if nothing had been taken from them. Resolves with their number. */
  reset(filter: BookFilter): Promise<number>
  /** Forgets books that are untouched for so long and full again. Resolves with their number. */
  cleanup(untouchedMs: number): Promise<number>
  health(): LimitStateHealth
  /** Everything is where it outlives the process, when this resolves. */
  close(): Promise<void>
}

export interface Borrowing {
  /** Unique for each borrowing: the request's id, with `/2` … behind it for its further attempts. */
  readonly ticket: string
  readonly charges: readonly Charge[]
  /** Beside `charges`, those of the first option that has room; empty: nothing more is needed. */
  readonly options: readonly (readonly Charge[])[]
}

export type Borrowed =
  | {
      readonly granted: true
      /** Index of the option that was charged; -1 where there were none. */
      readonly option: number
      /** When, in the time of the state: settling names it again. */
      readonly at: number
      /** Of `charges`, in their order, after them. */
      readonly readings: readonly Reading[]
    }
  | {
      readonly granted: false
      /** Of `charges`; where they fit, of the option whose room comes back first. */
      readonly denial: Denial
      /** No option has room, though the caller has. */
      readonly noOption: boolean
      /** Readings of `charges`, for headers. */
      readonly readings: readonly Reading[]
    }
  /** A strict limit, and its state is out of reach. */
  | { readonly granted: false; readonly unavailable: Limit }

/** What was borrowed from one book, and what it came to. */
export interface Correction {
  readonly ticket: string
  readonly charge: Charge
  /** 0 for `concurrent`: it is given back. */
  readonly actual: number
  /** As `Borrowed.at` said. */
  readonly at: number
}

export interface BookFilter {
  /** Books of which this is a part: `user:alice` is of `user:alice|model:fast` too. null: all. */
  readonly subject: string | null
  readonly limit: number
}

export interface Book extends Reading {
  readonly used: number
  /** Part of `used` that is borrowed and not yet settled. */
  readonly reserved: number
  /** Milliseconds since the epoch. */
  readonly touchedAtMs: number
}

export interface LimitStateHealth {
  readonly kind: 'memory' | 'sqlite' | 'redis'
  /** `local`: shared books are out of reach, and each process holds its share of every limit. */
  readonly mode: 'exact' | 'local'
  /** What is wrong and what to do about it; null when nothing is. */
  readonly message: string | null
  readonly books: number
  /** Gateways that share the books, this one included. */
  readonly replicas: number
}
