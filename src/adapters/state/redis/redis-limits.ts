import type { Charge, Denial, Reading } from '../../../core/limits/limit.ts'
import type {
  Book,
  BookFilter,
  Borrowed,
  Borrowing,
  Correction,
  LimitState,
  LimitStateHealth,
} from '../../../gateway/limit-state.ts'
import type { BookList } from './book-list.ts'
import { argumentsOfBorrowing, readDenial, readingsOf, readReadings } from './borrow-call.ts'
import { type Change, corrected } from './change.ts'
import { decideHere, deniedHere, hold } from './decide-here.ts'
import { lost } from './line.ts'
import type { Link } from './link.ts'
import { emptyBooks, listBooks } from './listing.ts'
import { adjustScript } from './lua/adjust.ts'
import { borrowScript } from './lua/borrow.ts'
import { denied, done, untimely } from './lua/gate.ts'
import { Away } from './problems.ts'
import { adjustCall, changesAtOnce } from './rejoin.ts'
import { numbersIn, unexpected } from './reply.ts'
import { bookListOf, headOf, type Sharing, wallMsOf } from './sharing.ts'

export interface RedisLimitsOptions {
  readonly sharing: Sharing
  readonly link: Link
  /** Of the limits set at run time, as replies tell it. */
  readonly onVersion: (version: number) => void
  /** Keys of ours held something else. */
  readonly onMended: (keys: number) => void
  /** What is wrong; null: nothing. */
  readonly problem: () => string | null
  readonly leave: () => Promise<void>
}

/** Books shared by way of Redis, or this gateway's part of them while Redis is away. */
export class RedisLimits implements LimitState {
  readonly #sharing: Sharing
  readonly #link: Link
  readonly #options: RedisLimitsOptions

  constructor(options: RedisLimitsOptions) {
    this.#options = options
    this.#sharing = options.sharing
    this.#link = options.link
  }

  borrow(borrowing: Borrowing, answer: (borrowed: Borrowed) => void): void {
    if (this.#link.here) this.#ask(borrowing, answer, true)
    else decideHere(this.#sharing, borrowing, answer)
  }

  settle(corrections: readonly Correction[]): void {
    const { shadow, time, places } = this.#sharing
    shadow.settle(corrections.map((one) => ({ ...one, at: time.inShadow(one.at) })))
    const changes = corrections.map(corrected)
    for (const change of changes) {
      if (change.ticket !== null) places.remove(change, change.ticket)
    }
    this.#tell(changes)
  }

  look(charges: readonly Charge[]): readonly Reading[] {
    const { shadow, seen, clock } = this.#sharing
    if (!this.#link.here) return shadow.look(charges)
    const nowMs = clock.monotonicMs()
    const wallMs = wallMsOf(this.#sharing)
    return charges.map((charge) => seen.reading(charge, nowMs, wallMs))
  }

  wouldDeny(charges: readonly Charge[]): Denial | null {
    const { seen, places, shadow, replicas, clock } = this.#sharing
    if (!this.#link.here) return deniedHere(this.#sharing, charges)
    const denial = seen.firstDenied(charges, clock.monotonicMs(), wallMsOf(this.#sharing))
    if (denial !== null) return denial
    // What this gateway took is taken in Redis too, and where it is alone nobody else gives it back.
    return replicas.count === 1 ? shadow.wouldDeny(charges) : places.firstDenied(charges)
  }

  /** While Redis is away: those of this gateway. */
  books(filter: BookFilter): Promise<readonly Book[]> {
    if (!this.#link.here) return this.#sharing.shadow.books(filter)
    return listBooks(this.#sharing, this.#link, filter)
  }

  /**
   * Rejects while Redis is away. Other gateways are not told: until what was taken is back, they give out
   * less by themselves when Redis is away, never more, and tell of it where Redis loses its data.
   */
  async reset(filter: BookFilter): Promise<number> {
    const number = await emptyBooks(this.#sharing, this.#link, filter)
    await this.#sharing.shadow.reset(filter)
    return number
  }

  /** Only what this gateway remembers: in Redis a book that is full again expires by itself. */
  cleanup(untouchedMs: number): Promise<number> {
    return this.#sharing.shadow.cleanup(untouchedMs)
  }

  health(): LimitStateHealth {
    return {
      kind: 'redis',
      mode: this.#link.here ? 'exact' : 'local',
      message: this.#options.problem(),
      books: this.#sharing.shadow.health().books,
      replicas: this.#sharing.replicas.count,
    }
  }

  async close(): Promise<void> {
    await this.#options.leave()
    await this.#sharing.shadow.close()
  }

  /** Tells what was left untold, as much as there is. */
  tellUnsent(): void {
    const { unsent } = this.#sharing
    while (unsent.size > 0 && this.#link.here) this.#tell(unsent.take(changesAtOnce))
  }

  #ask(borrowing: Borrowing, answer: (borrowed: Borrowed) => void, again: boolean): void {
    const { deeds } = this.#sharing
    const number = deeds.next()
    const books = bookListOf(this.#sharing)
    const rest = argumentsOfBorrowing(borrowing, books)
    const values = [...headOf(this.#sharing, number), ...rest]
    this.#link.run(borrowScript, books.keys, values, (reply, sentMs) => {
      const numbers = reply === lost ? null : this.#accept(reply, sentMs)
      if (numbers === null) {
        deeds.doubt({ number, borrowing })
        decideHere(this.#sharing, borrowing, answer)
        return
      }
      const borrowed = this.#read(borrowing, books, number, numbers)
      if (borrowed !== null) answer(borrowed)
      else if (again && this.#link.here) this.#ask(borrowing, answer, false)
      else decideHere(this.#sharing, borrowing, answer)
    })
  }

  /** null: nothing was done. */
  #read(
    borrowing: Borrowing,
    books: BookList,
    number: number,
    numbers: readonly number[],
  ): Borrowed | null {
    const [how, at = 0, , , option = -1] = numbers
    if (how !== done && how !== denied) return null
    const noted = this.#noteReadings(numbers, how === done ? 5 : 8, books)
    const readings = readingsOf(borrowing.charges, books, noted)
    if (how === denied) return this.#refused(readDenial(numbers, borrowing, books, readings))
    this.#done(number)
    const { shadow, time } = this.#sharing
    const chosen = borrowing.options[option] ?? []
    const inShadowMs = time.inShadow(at)
    shadow.take(borrowing.ticket, borrowing.charges, inShadowMs)
    if (chosen.length > 0) shadow.take(borrowing.ticket, chosen, inShadowMs)
    hold(this.#sharing, borrowing.ticket, borrowing.charges)
    hold(this.#sharing, borrowing.ticket, chosen)
    return { granted: true, option, at, readings }
  }

  #refused(refused: Borrowed | null): Borrowed | null {
    if (refused === null || refused.granted || !('denial' in refused)) return refused
    const { needed, retryAfterMs } = refused.denial
    const untilMs = this.#sharing.clock.monotonicMs() + (retryAfterMs ?? 0)
    this.#sharing.seen.noteLack(refused.denial, needed, untilMs)
    return refused
  }

  #tell(changes: readonly Change[]): void {
    const { deeds, unsent } = this.#sharing
    if (!this.#link.here) {
      for (const change of changes) unsent.add(change)
      return
    }
    const number = deeds.next()
    const { keys, values, books } = adjustCall(this.#sharing, number, changes)
    this.#link.run(adjustScript, keys, values, (reply, sentMs) => {
      const numbers = reply === lost ? null : this.#accept(reply, sentMs)
      if (numbers === null) {
        deeds.doubt({ number, changes })
      } else if (numbers[0] === done) {
        this.#done(number)
        this.#noteReadings(numbers, 4, books)
      } else {
        for (const change of changes) unsent.add(change)
      }
    })
  }

  /** What every reply says. null: it is none of our scripts. */
  #accept(reply: unknown, sentMs: number): readonly number[] | null {
    const numbers = numbersIn(reply)
    const [how, nowMs, version, mended] = numbers ?? []
    if (numbers === null || how === undefined || nowMs === undefined) {
      this.#link.fail(unexpected())
      return null
    }
    const stepMs = this.#sharing.time.heard(nowMs, sentMs, how === untimely)
    if (how === done || how === denied) {
      this.#options.onVersion(version ?? 0)
      if (mended !== undefined && mended > 0) this.#options.onMended(mended)
    } else if (how !== untimely) {
      this.#link.fail(new Away('has lost its data'), true)
    } else if (stepMs !== 0) {
      this.#link.fail(new Away('has had its clock set'), true)
    }
    return numbers
  }

  #noteReadings(
    numbers: readonly number[],
    from: number,
    books: BookList,
  ): (Reading | undefined)[] {
    const { seen, clock } = this.#sharing
    const nowMs = clock.monotonicMs()
    const wallMs = wallMsOf(this.#sharing)
    return readReadings(numbers, from, books, (binding, key, remaining, resetMs) =>
      seen.note(key, binding, remaining, resetMs, nowMs, wallMs),
    )
  }

  #done(number: number): void {
    const { deeds } = this.#sharing
    deeds.lastDone = Math.max(deeds.lastDone, number)
  }
}
