import type { Limit } from '../../../core/limits/limit.ts'
import { type LimitOfBook, limitOfBook } from '../../../core/limits/limit-of-book.ts'
import type { Clock } from '../../../gateway/ports.ts'
import { createMemoryState, type MemoryState } from '../memory/memory-state.ts'
import { BookList } from './book-list.ts'
import { Deeds, noteOf } from './deeds.ts'
import { HeldPlaces } from './held-places.ts'
import { Replicas } from './replicas.ts'
import { SeenBooks } from './seen-books.ts'
import { ServerTime } from './server-time.ts'
import { Standing } from './standing.ts'
import { TermsOfLimits } from './terms.ts'
import { Unsent } from './unsent.ts'

/** What a gateway has to know to share its books with others, and to go on without them. */
export interface Sharing {
  readonly clock: Clock
  readonly standing: Standing
  readonly time: ServerTime
  readonly terms: TermsOfLimits
  readonly seen: SeenBooks
  readonly unsent: Unsent
  readonly places: HeldPlaces
  readonly deeds: Deeds
  readonly replicas: Replicas
  /** What was granted to this gateway, by whomever: it decides alone while Redis is away. */
  readonly shadow: MemoryState
  /** The limits of books: those in force now, else as they were charged. By what shelves are named. */
  readonly limitOf: (named: (limit: Limit) => string) => LimitOfBook
  /** What is sent counts only if it is done within this time. */
  readonly patienceMs: number
}

export function openSharing(
  clock: Clock,
  prefix: string,
  limits: () => readonly Limit[],
  patienceMs: number,
): Sharing {
  const standing = new Standing(prefix)
  const terms = new TermsOfLimits(standing.names.books)
  const replicas = new Replicas()
  const monotonicMs = () => Math.floor(clock.monotonicMs())
  return {
    clock,
    standing,
    time: new ServerTime(clock.monotonicMs, clock.nowMs()),
    terms,
    seen: new SeenBooks(terms),
    unsent: new Unsent(terms),
    places: new HeldPlaces(terms),
    deeds: new Deeds(),
    replicas,
    shadow: createMemoryState({
      // Whole milliseconds, as the server has them: an instant is the same there and back.
      clock: { nowMs: clock.nowMs, monotonicMs, after: clock.after },
      store: null,
      shareOf: () => 1 / replicas.count,
    }),
    limitOf(named) {
      const holding = limitOfBook(limits(), named)
      const charged = limitOfBook(terms.charged, named)
      return (shelf, subject) => holding(shelf, subject) ?? charged(shelf, subject)
    },
    patienceMs,
  }
}

/** Time since the epoch that calendars go by. */
export function wallMsOf({ time, standing }: Sharing): number {
  return time.nowMs() + standing.wallOffset
}

/** A list for the books of a call. */
export function bookListOf(sharing: Sharing): BookList {
  return new BookList(sharing.terms, sharing.standing.keys, wallMsOf(sharing))
}

/** The arguments that scripts which change books begin with, see `timelyLua`. */
export function headOf({ standing, time, patienceMs }: Sharing, number: number): string[] {
  const sentMs = String(time.nowMs())
  return [String(standing.epoch), sentMs, String(patienceMs), noteOf(number), String(number)]
}
