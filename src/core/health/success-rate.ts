import type { JsonObject, JsonValue } from '../json.ts'
import { savedNumber } from './saved-number.ts'

const halfLifeMs = 300_000
const fading = Math.LN2 / halfLifeMs
/** Unasked for so long, a target that failed is given the benefit of a growing doubt. */
const graceMs = 10_000
const doubting = Math.LN2 / 15_000

/**
 * How often a target succeeds: successes and failures, half of their weight gone after five
 * minutes. One success is taken for granted (the posterior mean with the prior Beta(1, 0)), so that
 * a target nobody has asked for long counts as good again.
 *
 * A target that fails goes last, is asked no more, and could never show that it recovered. So its
 * failures are doubted the longer nobody asks. The first request it gets takes the doubt away until
 * it has ended; if well, the failures doubted are forgotten.
 */
export class SuccessRate {
  #successes = 0
  #failures = 0
  #atMs = Number.NEGATIVE_INFINITY
  #sentMs = Number.NEGATIVE_INFINITY
  /** What was left of the failures when the request under way was sent. */
  #doubt = 1
  /** Every plan asks for the same instant more than once. */
  #weighedMs = Number.NaN
  #weight = 1

  sent(nowMs: number): void {
    this.#doubt = Math.min(this.#doubt, this.#doubtAt(nowMs))
    this.#sentMs = nowMs
  }

  add(failed: boolean, nowMs: number): void {
    const weight = this.#weightAt(nowMs)
    this.#successes = this.#successes * weight + (failed ? 0 : 1)
    this.#failures = failed ? this.#failures * weight + 1 : this.#failures * weight * this.#doubt
    this.#doubt = 1
    this.#atMs = Math.max(nowMs, this.#atMs)
    this.#weighedMs = Number.NaN
  }

  rate(nowMs: number): number {
    if (this.#failures === 0) return 1
    const weight = this.#weightAt(nowMs)
    const successes = this.#successes * weight + 1
    return successes / (successes + this.#failures * weight * this.#doubtAt(nowMs))
  }

  samples(nowMs: number): number {
    return (this.#successes + this.#failures) * this.#weightAt(nowMs)
  }

  /** The target has recovered: its failures were another time. */
  forgiveFailures(): void {
    this.#failures = 0
  }

  snapshot(nowMs: number): JsonObject {
    const weight = this.#weightAt(nowMs)
    return { successes: this.#successes * weight, failures: this.#failures * weight }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    this.#successes = savedNumber(from, 'successes') ?? 0
    this.#failures = savedNumber(from, 'failures') ?? 0
    this.#atMs = takenMs
    this.#weighedMs = Number.NaN
  }

  /** Share of the failures that still counts. */
  #doubtAt(nowMs: number): number {
    const idleMs = nowMs - Math.max(this.#sentMs, this.#atMs)
    if (idleMs <= graceMs || idleMs === Number.POSITIVE_INFINITY) return 1
    return Math.exp((graceMs - idleMs) * doubting)
  }

  #weightAt(nowMs: number): number {
    if (nowMs === this.#weighedMs) return this.#weight
    const agoMs = nowMs - this.#atMs
    this.#weighedMs = nowMs
    this.#weight = agoMs <= 0 ? 1 : Math.exp(-agoMs * fading)
    return this.#weight
  }
}
