import { bookKey } from '../core/limits/book-key.ts'
import type { Binding, Denial } from '../core/limits/limit.ts'
import { shelfOf } from '../core/limits/limit-of-book.ts'
import { type InTurn, TurnQueue } from '../core/limits/turn-queue.ts'
import type { Waiter } from './waiting-room.ts'

/** One who waits, and for which book. */
export class Waiting implements InTurn {
  readonly waiter: Waiter
  readonly client: string
  readonly arrival: number
  book: WaitedFor
  /** What it was told last. */
  denial: Denial
  stopTimer: () => void = () => {}

  constructor(waiter: Waiter, arrival: number, book: WaitedFor, denial: Denial) {
    this.waiter = waiter
    this.client = waiter.client
    this.arrival = arrival
    this.book = book
    this.denial = denial
  }
}

/** Those who wait for one book. */
export class WaitedFor {
  readonly key: string
  readonly queue = new TurnQueue<Waiting>()
  /** How it turned the last one away. */
  denial: Denial
  /** Monotonic: when it may have room. */
  dueMs = Number.POSITIVE_INFINITY
  stopTimer: () => void = () => {}
  /** One at a time asks, else they would come out of turn. */
  isAsked = false
  /** Something came back while it was asked, maybe after it had looked. */
  hasChanged = false

  constructor(key: string, denial: Denial) {
    this.key = key
    this.denial = denial
  }
}

/** The same for all that waits for the same book. */
export function keyOf({ limit, subject }: Binding): string {
  return bookKey(shelfOf(limit), subject)
}
