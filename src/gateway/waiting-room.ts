import type { Charge, Denial } from '../core/limits/limit.ts'
import { isWorthWaiting, nextTryMs } from '../core/limits/worth-waiting.ts'
import type { Correction } from './limit-state.ts'
import type { Clock } from './ports.ts'
import { keyOf, WaitedFor, Waiting } from './waited-for.ts'

/** A request that limits leave no room for, and that would rather wait than be refused. */
export interface Waiter {
  readonly client: string
  /** Requests with the same name wait together: `''` for the queue of the catalog, else the policy's. */
  readonly queue: string
  /** Most that may wait in this queue. */
  readonly most: number
  /** Monotonic: it does not wait beyond. */
  readonly untilMs: number
  /**
   * Asks anew; answers once, at once or later, with what denies it. null: it has what it needs, or has
   * found out that it cannot have it, and waits no longer.
   */
  ask(answer: (denial: Denial | null) => void): void
  /**
   * It waits no longer, as its time is over before there is room, or the gateway stops. Called once, and
   * not after `leave`.
   */
  sentAway(denial: Denial, because: 'late' | 'stopping'): void
}

/**
 * Where requests over a limit wait for room. Each waits for the book that denied it, in a queue where
 * clients take turns; the one whose turn it is asks again when that book may have room: when so much of
 * it should be back, or when something was given back.
 */
export interface WaitingRoom {
  /** Requests that wait. */
  size(): number
  /**
   * What a request with these charges would be denied by because others are before it: the book they wait
   * for. null: nobody is in its way.
   */
  ahead(charges: readonly Charge[]): Denial | null
  /** False where it could not wait: the queue is full, waiting is hopeless, or the gateway stops. */
  accepts(waiter: Pick<Waiter, 'queue' | 'most' | 'untilMs'>, denial: Denial): boolean
  /** False where it is not accepted. */
  enter(waiter: Waiter, denial: Denial): boolean
  /** Its client has gone. Nothing where it does not wait. */
  leave(waiter: Waiter): void
  /** What came back of what was borrowed: those who wait for it try again. */
  settled(corrections: readonly Correction[]): void
  /** Limits are others now, or books were emptied: everybody asks again. */
  changed(): void
  /** Sends everybody away, and lets nobody in any more. */
  close(): void
}

export function createWaitingRoom(clock: Clock): WaitingRoom {
  return new Room(clock)
}

class Room implements WaitingRoom {
  readonly #clock: Clock
  readonly #present = new Map<Waiter, Waiting>()
  readonly #books = new Map<string, WaitedFor>()
  readonly #inQueue = new Map<string, number>()
  #arrivals = 0
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  size(): number {
    return this.#present.size
  }

  ahead(charges: readonly Charge[]): Denial | null {
    if (this.#books.size === 0) return null
    for (const charge of charges) {
      const book = this.#books.get(keyOf(charge))
      if (book === undefined) continue
      const { limit, subject, least } = charge
      const { remaining } = book.denial
      return { limit, subject, needed: least, remaining, retryAfterMs: this.#leftMs(book) }
    }
    return null
  }

  accepts(
    { queue, most, untilMs }: Parameters<WaitingRoom['accepts']>[0],
    denial: Denial,
  ): boolean {
    if (this.#closed || (this.#inQueue.get(queue) ?? 0) >= most) return false
    return isWorthWaiting(denial, this.#clock.monotonicMs(), untilMs)
  }

  enter(waiter: Waiter, denial: Denial): boolean {
    if (!this.accepts(waiter, denial)) return false
    const nowMs = this.#clock.monotonicMs()
    const others = this.#inQueue.get(waiter.queue) ?? 0
    const waiting = new Waiting(waiter, this.#arrivals++, this.#bookOf(denial), denial)
    this.#present.set(waiter, waiting)
    this.#inQueue.set(waiter.queue, others + 1)
    waiting.stopTimer = this.#clock.after(waiter.untilMs - nowMs, () => this.#late(waiting))
    this.#waitIn(waiting.book, waiting)
    return true
  }

  leave(waiter: Waiter): void {
    const waiting = this.#present.get(waiter)
    if (waiting !== undefined) this.#takeOut(waiting)
  }

  settled(corrections: readonly Correction[]): void {
    if (this.#books.size === 0) return
    for (const { charge, actual } of corrections) {
      if (actual >= charge.amount) continue
      const book = this.#books.get(keyOf(charge))
      // Not now: what settles must not wait for those who ask.
      if (book !== undefined) this.#askSoon(book)
    }
  }

  changed(): void {
    for (const book of this.#books.values()) this.#askSoon(book)
  }

  close(): void {
    this.#closed = true
    for (const waiting of [...this.#present.values()]) {
      this.#takeOut(waiting)
      waiting.waiter.sentAway(waiting.denial, 'stopping')
    }
  }

  #late(waiting: Waiting): void {
    const { book, denial, waiter } = waiting
    this.#takeOut(waiting)
    waiter.sentAway({ ...denial, retryAfterMs: this.#leftMs(book) }, 'late')
  }

  #takeOut(waiting: Waiting): void {
    const { book } = waiting
    const wasNext = book.queue.head() === waiting
    book.queue.leave(waiting)
    this.#forget(waiting)
    // The one behind it may need less.
    if (wasNext && book.queue.head() !== null) this.#askSoon(book)
  }

  /** It stands in no queue any more: nothing of it stays. */
  #forget({ waiter, book, stopTimer }: Waiting): void {
    stopTimer()
    this.#present.delete(waiter)
    const others = (this.#inQueue.get(waiter.queue) ?? 1) - 1
    if (others === 0) this.#inQueue.delete(waiter.queue)
    else this.#inQueue.set(waiter.queue, others)
    this.#forgetIfEmpty(book)
  }

  #forgetIfEmpty(book: WaitedFor): void {
    if (book.queue.head() !== null) return
    book.stopTimer()
    if (this.#books.get(book.key) === book) this.#books.delete(book.key)
  }

  #bookOf(denial: Denial): WaitedFor {
    const key = keyOf(denial)
    const known = this.#books.get(key)
    if (known !== undefined) return known
    const book = new WaitedFor(key, denial)
    this.#books.set(key, book)
    return book
  }

  #waitIn(book: WaitedFor, waiting: Waiting): void {
    waiting.book = book
    book.queue.enter(waiting)
    const inMs = nextTryMs(waiting.denial)
    if (!book.isAsked && this.#clock.monotonicMs() + inMs < book.dueMs) this.#askIn(book, inMs)
  }

  #askSoon(book: WaitedFor): void {
    if (book.isAsked) book.hasChanged = true
    else this.#askIn(book, 0)
  }

  #askIn(book: WaitedFor, inMs: number): void {
    book.stopTimer()
    book.dueMs = this.#clock.monotonicMs() + inMs
    book.stopTimer = this.#clock.after(inMs, () => this.#ask(book))
  }

  #leftMs({ dueMs }: WaitedFor): number {
    return Math.max(1, dueMs - this.#clock.monotonicMs())
  }

  /** Lets in, in turn, whoever can be let in, until one has to wait on. */
  #ask(book: WaitedFor): void {
    for (;;) {
      const next = book.queue.head()
      if (next === null) return
      book.isAsked = true
      book.hasChanged = false
      const told: { denial: Denial | null | undefined; isLate: boolean } = {
        denial: undefined,
        isLate: false,
      }
      next.waiter.ask((denial) => {
        if (!told.isLate) told.denial = denial
        else if (this.#answered(book, next, denial)) this.#ask(book)
      })
      told.isLate = true
      if (told.denial === undefined || !this.#answered(book, next, told.denial)) return
    }
  }

  /** Whether the next in turn may ask. */
  #answered(book: WaitedFor, asked: Waiting, denial: Denial | null): boolean {
    const { waiter } = asked
    book.isAsked = false
    // It has left in the meantime.
    if (this.#present.get(waiter) !== asked) return true
    if (denial === null) {
      book.queue.served(asked)
      this.#forget(asked)
      return true
    }
    if (!isWorthWaiting(denial, this.#clock.monotonicMs(), waiter.untilMs)) {
      book.queue.leave(asked)
      this.#forget(asked)
      waiter.sentAway(denial, 'late')
      return true
    }
    asked.denial = denial
    const other = this.#bookOf(denial)
    if (other !== book) {
      book.queue.leave(asked)
      this.#waitIn(other, asked)
      this.#forgetIfEmpty(book)
      return true
    }
    book.denial = denial
    if (book.hasChanged) return true
    this.#askIn(book, nextTryMs(denial))
    return false
  }
}
