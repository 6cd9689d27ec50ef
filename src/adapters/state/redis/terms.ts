import { type CalendarPeriods, calendarPeriods } from '../../../core/limits/calendar-periods.ts'
import { filedUnder } from '../../../core/limits/filed-under.ts'
import type { Binding, Limit } from '../../../core/limits/limit.ts'
import { shelfName } from '../memory/shelf.ts'

/** A request that was under way when its gateway died holds its place for so long. */
export const leaseMs = 30_000

/** How far the time of the server may lie behind what is believed here. */
const marginMs = 1_000

/** Limits set at run time may be many. */
const mostCharged = 20_000

/** What scripts have to know of a limit. */
export interface Terms {
  /** Of the keys of its books, all but the subject. */
  readonly keyStart: string
  readonly kind: 's' | 'c' | 'h'
  readonly amount: string
  readonly burst: string
  readonly capacity: number
  /** The three that depend on the kind, see `booksLua`. */
  first: string
  second: string
  third: string
  /** Calendars: the start of the period that is passed first, and of the two after it. */
  starts: readonly [number, number, number]
}

/** The terms of limits, found out once for each; a limit that is changed is another one. */
export class TermsOfLimits {
  readonly #books: string
  readonly #terms = new WeakMap<Limit, Terms>()
  /** By id, those charged last. */
  readonly #charged = new Map<string, Limit>()
  readonly #periods: CalendarPeriods = calendarPeriods()

  /** `books`: what their keys begin with. */
  constructor(books: string) {
    this.#books = books
  }

  /** As they are at a time of the calendar. */
  of(limit: Limit, wallMs: number): Terms {
    const terms = this.#find(limit)
    if (terms.kind === 'c') this.#turn(terms, limit, wallMs - marginMs)
    return terms
  }

  keyOf({ limit, subject }: Binding): string {
    return this.#find(limit).keyStart + filedUnder(subject)
  }

  /** Limits that were charged here. */
  get charged(): Iterable<Limit> {
    return this.#charged.values()
  }

  #find(limit: Limit): Terms {
    const known = this.#terms.get(limit)
    if (known !== undefined) return known
    const terms = termsOf(limit, this.#books)
    this.#terms.set(limit, terms)
    this.#charged.delete(limit.id)
    this.#charged.set(limit.id, limit)
    for (const oldest of this.#charged.keys()) {
      if (this.#charged.size <= mostCharged) break
      this.#charged.delete(oldest)
    }
    return terms
  }

  #turn(terms: Terms, { window }: Limit, wallMs: number): void {
    const [start, next] = terms.starts
    if (window.kind !== 'calendar' || (wallMs >= start && wallMs < next)) return
    const period = this.#periods(wallMs, window.period, window.timeZone)
    const following = this.#periods(period.endMs, window.period, window.timeZone)
    terms.starts = [period.startMs, period.endMs, following.endMs]
    terms.first = String(period.startMs)
    terms.second = String(period.endMs)
    terms.third = String(following.endMs)
  }
}

function termsOf(limit: Limit, books: string): Terms {
  const { window, amount, burst } = limit
  return {
    keyStart: `${books}${shelfName(limit)}\t`,
    kind: window.kind === 'sliding' ? 's' : window.kind === 'calendar' ? 'c' : 'h',
    amount: String(amount),
    burst: String(burst),
    capacity: amount + burst,
    first: String(window.kind === 'sliding' ? window.lengthMs : leaseMs),
    second: '0',
    third: '0',
    starts: [0, 0, 0],
  }
}

/** What a key of a book was made of: the name of its shelf, and the subject. */
export function readKey(
  key: string,
  books: string,
): { readonly shelf: string; readonly subject: string } | null {
  const tab = key.indexOf('\t')
  if (!key.startsWith(books) || tab < 0) return null
  return { shelf: key.slice(books.length, tab), subject: key.slice(tab + 1) }
}
