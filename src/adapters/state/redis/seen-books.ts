import type { Binding, Charge, Denial, Limit, Reading } from '../../../core/limits/limit.ts'
import type { TermsOfLimits } from './terms.ts'

interface Seen extends Reading {
  /** Monotonic. */
  readonly atMs: number
  /** Calendars: start of the period it was seen in, since the epoch. */
  readonly startMs: number
  /** So much will be there then (monotonic), as the last refusal said. */
  lacked: number
  lackedUntilMs: number
}

/** What a calendar book had used when it was seen last. */
export interface SeenUse extends Binding {
  readonly startMs: number
  readonly used: number
}

/** Those seen last are kept. */
const mostKept = 50_000

/** What others settle is not seen: nothing is left out for longer, the next request finds out. */
const trustedForMs = 1_000

/** How shared books stood when replies told of them: all that plans can know of them without asking. */
export class SeenBooks {
  readonly #terms: TermsOfLimits
  readonly #seen = new Map<string, Seen>()

  constructor(terms: TermsOfLimits) {
    this.#terms = terms
  }

  note(
    key: string,
    { limit, subject }: Binding,
    remaining: number,
    resetMs: number,
    atMs: number,
    wallMs: number,
  ): Reading {
    const [start, next] = this.#terms.of(limit, wallMs).starts
    const startMs = wallMs < next ? start : next
    const seen = {
      limit,
      subject,
      remaining,
      resetMs,
      atMs,
      startMs,
      lacked: Number.POSITIVE_INFINITY,
      lackedUntilMs: 0,
    }
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    if (this.#seen.size > mostKept) this.#forgetFirst()
    return seen
  }

  /** The book lacks room for so much until then. */
  noteLack(binding: Binding, lacked: number, untilMs: number): void {
    const seen = this.#seen.get(this.#terms.keyOf(binding))
    if (seen === undefined) return
    seen.lacked = lacked
    seen.lackedUntilMs = untilMs
  }

  forget(isForgotten: (subject: string) => boolean): void {
    for (const [key, { subject }] of this.#seen) if (isForgotten(subject)) this.#seen.delete(key)
  }

  /** As it should be by now; full where nothing was seen. */
  reading({ limit, subject }: Binding, nowMs: number, wallMs: number): Reading {
    const terms = this.#terms.of(limit, wallMs)
    const seen = this.#seen.get(this.#terms.keyOf({ limit, subject }))
    const { capacity } = terms
    if (seen === undefined) return { limit, subject, remaining: capacity, resetMs: 0 }
    const resetMs = Math.ceil(Math.max(0, seen.resetMs - (nowMs - seen.atMs)))
    if (resetMs === 0 && terms.kind !== 'h') {
      return { limit, subject, remaining: capacity, resetMs: 0 }
    }
    const remaining = seen.remaining + capacity - capacityOf(seen.limit)
    // What slides comes back bit by bit, as far as anyone can say; a calendar gives it back at once.
    const share = terms.kind === 's' ? 1 - resetMs / seen.resetMs : 0
    const back = Math.max(0, capacity - remaining) * share
    return { limit, subject, remaining: Math.floor(remaining + back), resetMs }
  }

  /**
   * First of the charges that were refused a moment ago, and whose room takes longer to come back. Only
   * where it slides: what is reserved of a day, or a place, another gateway gives back at any time.
   */
  firstDenied(charges: readonly Charge[], nowMs: number, wallMs: number): Denial | null {
    for (const charge of charges) {
      const { limit, subject, least } = charge
      if (limit.window.kind !== 'sliding') continue
      const seen = this.#seen.get(this.#terms.keyOf(charge))
      if (seen === undefined || nowMs - seen.atMs > trustedForMs) continue
      if (least < seen.lacked || nowMs >= seen.lackedUntilMs) continue
      if (capacityOf(limit) > capacityOf(seen.limit)) continue
      const { remaining } = this.reading(charge, nowMs, wallMs)
      if (remaining >= least) continue
      const waitMs = Math.max(1, Math.ceil(seen.lackedUntilMs - nowMs))
      const retryAfterMs = least > capacityOf(limit) ? null : waitMs
      return { limit, subject, needed: least, remaining, retryAfterMs }
    }
    return null
  }

  /** Calendar books that something was taken from. */
  used(): SeenUse[] {
    const used: SeenUse[] = []
    for (const { limit, subject, remaining, startMs } of this.#seen.values()) {
      const taken = capacityOf(limit) - remaining
      if (limit.window.kind === 'calendar' && taken > 0) {
        used.push({ limit, subject, startMs, used: taken })
      }
    }
    return used
  }

  #forgetFirst(): void {
    for (const key of this.#seen.keys()) {
      this.#seen.delete(key)
      return
    }
  }
}

/** Of the limit as it was then: another amount may have been set since. */
function capacityOf({ amount, burst }: Limit): number {
  return amount + burst
}
