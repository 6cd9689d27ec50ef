import type { JsonObject, JsonValue } from '../json.ts'
import { type LimitHeard, requestLimit, tokenLimit } from './rate-headers.ts'
import { savedNumber } from './saved-number.ts'
import { SuccessWindow, type WindowCounts } from './success-window.ts'
import type { Availability } from './vitals.ts'

const windowMs = 10_000
/**
 * A limit is learned from a 429 only where so many requests within the window may have caused it.
 */
const leastEvidence = 5
/**
 * A 429 costs one round trip, capacity left idle costs far more: so little is given up. Of a rigid limit of
 * 5 requests a second under a demand of 8, cutting to 0.9 leaves 81 % used with 1.6 % of requests refused,
 * cutting to 0.7 leaves 61 % with 0.8 %.
 */
const cut = 0.9
/** After so long without a 429 the limit that was learned is forgotten. */
const forgottenMs = 300_000

/**
 * Headers keep a target waiting no longer than this: a limit that still holds answers with a 429.
 */
const trustedMs = 60_000

const counts: WindowCounts = { calls: 0, failures: 0, slow: 0 }

/** What is left of one limit of the provider, filling up evenly until its reset. */
class Gauge {
  #limit = 0
  #remaining = 0
  #perMs = 0
  #atMs = Number.NEGATIVE_INFINITY

  heard({ limit, remaining, resetMs }: LimitHeard, nowMs: number): void {
    this.#limit = limit
    this.#remaining = remaining
    this.#perMs = (limit - remaining) / Math.max(1, resetMs)
    this.#atMs = nowMs
  }

  spend(amount: number): void {
    this.#remaining -= amount
  }

  /** Share that is left, 0 to 1; 1 where nothing is known. */
  headroom(nowMs: number): number {
    if (this.#limit === 0) return 1
    return Math.max(0, this.#left(nowMs) / this.#limit)
  }

  /** When another request fits; `nowMs` itself where it fits already. */
  fitsAt(nowMs: number): number {
    const left = this.#left(nowMs)
    if (this.#limit === 0 || left >= 1 || this.#perMs <= 0) return nowMs
    return Math.max(nowMs, Math.min(nowMs + (1 - left) / this.#perMs, this.#atMs + trustedMs))
  }

  #left(nowMs: number): number {
    return Math.min(this.#limit, this.#remaining + this.#perMs * (nowMs - this.#atMs))
  }
}

/**
 * How much a target can take: from the headers in which it says so, and from its 429s, after which
 * the rate that brought them is cut to 0.9 of itself and grows again by about 5 % per window (AIMD,
 * as TCP does it).
 */
export class LearnedLimits {
  readonly #sent = new SuccessWindow()
  readonly #requests = new Gauge()
  readonly #tokens = new Gauge()
  /** Requests per window; infinite while nothing was learned. */
  #limit = Number.POSITIVE_INFINITY
  #cutMs = Number.NEGATIVE_INFINITY

  sent(tokens: number, nowMs: number): void {
    this.#sent.add(false, false, nowMs, windowMs)
    this.#requests.spend(1)
    this.#tokens.spend(tokens)
  }

  heard(headers: Readonly<Record<string, string>>, nowMs: number): void {
    const requests = requestLimit(headers)
    if (requests !== null) this.#requests.heard(requests, nowMs)
    const tokens = tokenLimit(headers)
    if (tokens !== null) this.#tokens.heard(tokens, nowMs)
  }

  /** A 429 to an attempt sent at `sentMs`: all those sent before the last cut are its echo. */
  limited(sentMs: number, nowMs: number): void {
    if (sentMs < this.#cutMs) return
    const rate = this.#sentWithin(nowMs)
    if (rate < leastEvidence) return
    this.#limit = Math.max(1, cut * Math.min(rate, this.#limit))
    this.#cutMs = nowMs
  }

  succeeded(nowMs: number): void {
    if (this.#limit === Number.POSITIVE_INFINITY) return
    if (nowMs - this.#cutMs > forgottenMs) this.#limit = Number.POSITIVE_INFINITY
    // Only a limit that is being reached shows by success that it is too low.
    else if (this.#sentWithin(nowMs) >= 0.8 * this.#limit) this.#limit += 0.05 + 1 / this.#limit
  }

  /** Share of the tightest limit that is left, 0 to 1; null where none is known. */
  headroom(nowMs: number): number | null {
    const learned = Math.max(0, 1 - this.#sentWithin(nowMs) / this.#limit)
    const least = Math.min(learned, this.#requests.headroom(nowMs), this.#tokens.headroom(nowMs))
    return least === 1 && this.#limit === Number.POSITIVE_INFINITY ? null : least
  }

  availability(nowMs: number): Availability | null {
    const untilMs = Math.max(this.#requests.fitsAt(nowMs), this.#tokens.fitsAt(nowMs))
    if (untilMs > nowMs) {
      return { state: 'unavailable', untilMs, because: 'its rate limit is used up' }
    }
    if (this.#limit === Number.POSITIVE_INFINITY || nowMs - this.#cutMs > forgottenMs) return null
    if (this.#sentWithin(nowMs) < this.#limit) return null
    const because = `its limit, learned from 429s, is ${Math.round(this.#limit)} requests in 10 s`
    return { state: 'unavailable', untilMs: nowMs + windowMs / 10, because }
  }

  snapshot(nowMs: number): JsonObject | null {
    if (this.#limit === Number.POSITIVE_INFINITY) return null
    return { limit: this.#limit, agoMs: nowMs - this.#cutMs }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    const limit = savedNumber(from, 'limit')
    if (limit === null || limit < 1) return
    this.#limit = limit
    this.#cutMs = takenMs - (savedNumber(from, 'agoMs') ?? 0)
  }

  #sentWithin(nowMs: number): number {
    return this.#sent.count(nowMs, windowMs, counts).calls
  }
}
