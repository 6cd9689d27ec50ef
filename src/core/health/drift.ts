import { type JsonObject, type JsonValue, numberAt } from '../json.ts'
import { savedNumber } from './saved-number.ts'

/**
 * Slowness is noticed faster than recovery, as the peak-EWMA of Finagle does it, but not in one
 * leap.
 */
const gainUp = 0.35
const gainDown = 0.15
/** A long silence gives the next measurement more weight, though never all. */
const silenceMs = 5_000
const mostGain = 0.5
/** One outlier counts as this many times the usual at most. */
const most = 8
const slowAgain = 1.5
const firstPatienceMs = 10_000
const mostPatienceMs = 160_000
const graceMs = 60_000
const firstHalfLifeMs = 600_000
const mostHalfLifeMs = 14_400_000

/**
 * How a target does now against what is usual for it: 1 is as ever, 3 three times slower.
 *
 * Nobody measures a target that is not used, so what is believed of it ages. Slowness is forgiven
 * over `patience`, which doubles each time the target turns out slow again: a brown-out is looked
 * into more and more rarely. And what is usual shrinks slowly, so that a target which was slow from
 * the first measurement is tried again some day.
 */
export class Drift {
  #factor = 1
  #atMs = Number.NaN
  #patienceMs = firstPatienceMs
  #halfLifeMs = firstHalfLifeMs

  /**
   * What the usual is to be multiplied by. `asked`: a request is under way that will tell, so hope
   * has had its turn; otherwise all that arrive before the answer would follow the first.
   */
  at(nowMs: number, asked: boolean): number {
    if (Number.isNaN(this.#atMs)) return 1
    if (asked) return this.#factor
    const agoMs = Math.max(0, nowMs - this.#atMs)
    return this.#forgiven(agoMs) * this.#optimism(agoMs)
  }

  /** `ratio`: measured over usual. */
  observe(ratio: number, nowMs: number): void {
    const seen = Math.min(ratio, most)
    if (Number.isNaN(this.#atMs)) {
      this.#atMs = nowMs
      this.#factor = seen
      return
    }
    const agoMs = Math.max(0, nowMs - this.#atMs)
    this.#learnPatience(seen, agoMs)
    const believed = this.#forgiven(agoMs)
    const gain = seen > believed ? gainUp : gainDown
    const fresh = Math.min(mostGain, Math.max(gain, 1 - Math.exp(-agoMs / silenceMs)))
    this.#factor = believed + fresh * (seen - believed)
    this.#atMs = nowMs
  }

  /**
   * What one more measurement of `ratio`, still to come, would make of `factor`, if that is more.
   */
  foreseen(ratio: number, factor: number): number {
    return Math.max(factor, factor + gainUp * (Math.min(ratio, most) - factor))
  }

  snapshot(nowMs: number): JsonObject {
    return {
      factor: this.#factor,
      agoMs: Number.isNaN(this.#atMs) ? null : nowMs - this.#atMs,
      patienceMs: this.#patienceMs,
      halfLifeMs: this.#halfLifeMs,
    }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    const agoMs = savedNumber(from, 'agoMs')
    const factor = savedNumber(from, 'factor')
    if (agoMs === null || factor === null || factor <= 0) return
    this.#atMs = takenMs - agoMs
    this.#factor = Math.min(factor, most)
    this.#patienceMs = within(numberAt(from, 'patienceMs'), firstPatienceMs, mostPatienceMs)
    this.#halfLifeMs = within(numberAt(from, 'halfLifeMs'), firstHalfLifeMs, mostHalfLifeMs)
  }

  #forgiven(agoMs: number): number {
    if (this.#factor <= 1) return this.#factor
    return 1 + (this.#factor - 1) * Math.exp(-agoMs / this.#patienceMs)
  }

  #optimism(agoMs: number): number {
    return agoMs <= graceMs ? 1 : Math.exp((Math.LN2 * (graceMs - agoMs)) / this.#halfLifeMs)
  }

  #learnPatience(ratio: number, agoMs: number): void {
    if (ratio < slowAgain) this.#patienceMs = firstPatienceMs
    else if (this.#factor >= slowAgain && agoMs > this.#patienceMs / 2) {
      this.#patienceMs = Math.min(2 * this.#patienceMs, mostPatienceMs)
    }
    if (agoMs < this.#halfLifeMs / 2) return
    const asBefore = ratio > 0.7
    this.#halfLifeMs = asBefore ? Math.min(2 * this.#halfLifeMs, mostHalfLifeMs) : firstHalfLifeMs
  }
}

function within(value: number | null, least: number, greatest: number): number {
  return value === null ? least : Math.min(Math.max(value, least), greatest)
}
