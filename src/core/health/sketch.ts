import { arrayAt, type JsonObject, type JsonValue } from '../json.ts'
import { isSaved, savedNumber } from './saved-number.ts'
import type { Distribution } from './vitals.ts'

/** Relative error of a quantile. */
const alpha = 0.01
const gamma = (1 + alpha) / (1 - alpha)
const logGamma = Math.log(gamma)
/** Values below are counted as this one: nobody waits differently for a tenth of a millisecond. */
const least = 0.1
/** Reaches from 0.1 ms to about three hours. */
const bins = 928
const sliceMs = 60_000
/** What a slice weighs one slice later: half of the memory is of the last two minutes. */
const fade = 0.7
/** Lighter than this, a value has faded away. */
const forgotten = 0.01

/**
 * Quantiles of a stream of durations: DDSketch (Masson, Rim and Lee, VLDB 2019) on one typed array.
 * A value falls in bin ⌈log_γ(x)⌉, so that a bin's middle is within 1 % of all its values. Bins
 * fade by slices of a minute: old measurements count less and less.
 */
export class Sketch {
  readonly #weights = new Float32Array(bins)
  #count = 0
  #sliceStartMs = Number.NEGATIVE_INFINITY
  #read: Distribution | null = null

  add(value: number, nowMs: number): void {
    this.#fade(nowMs)
    const at = binOf(value)
    this.#weights[at] = (this.#weights[at] ?? 0) + 1
    this.#count++
    this.#read = null
  }

  /**
   * A value that would have been larger than this: given up before it showed itself. It counts as
   * all that is known to be larger, bin by bin in proportion (Efron's redistribution to the right,
   * which makes the quantiles those of Kaplan and Meier). Otherwise cutting a tail would make it
   * disappear.
   */
  addAtLeast(value: number, nowMs: number): void {
    this.#fade(nowMs)
    const from = binOf(value) + 1
    let above = 0
    for (let at = from; at < bins; at++) above += this.#weights[at] ?? 0
    if (above === 0) {
      this.add(value, nowMs)
      return
    }
    const factor = 1 + 1 / above
    for (let at = from; at < bins; at++) this.#weights[at] = (this.#weights[at] ?? 0) * factor
    this.#count++
    this.#read = null
  }

  /** Values it rests on, decayed. */
  get count(): number {
    return this.#count
  }

  /** The distribution as it stands; the same object until a value is added. */
  distribution(): Distribution {
    this.#read ??= readOf(this.#weights)
    return this.#read
  }

  snapshot(nowMs: number): JsonObject {
    const pairs: number[] = []
    for (const [at, weight] of this.#weights.entries()) {
      if (weight > 0) pairs.push(at, Math.round(weight * 100) / 100)
    }
    return { agoMs: this.#count === 0 ? 0 : nowMs - this.#sliceStartMs, pairs }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    const pairs = arrayAt(from, 'pairs')
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const [at, weight] = [pairs[i], pairs[i + 1]]
      if (!isSaved(at, bins - 1) || !Number.isInteger(at) || !isSaved(weight)) continue
      // The same bin may be there twice.
      this.#count += weight - (this.#weights[at] ?? 0)
      this.#weights[at] = weight
    }
    this.#sliceStartMs = takenMs - (savedNumber(from, 'agoMs') ?? 0)
    this.#read = null
  }

  #fade(nowMs: number): void {
    if (nowMs - this.#sliceStartMs < sliceMs) return
    const slices = Math.min(100, Math.floor((nowMs - this.#sliceStartMs) / sliceMs))
    this.#sliceStartMs = nowMs
    if (this.#count === 0) return
    const weight = fade ** slices
    this.#count = 0
    for (let at = 0; at < bins; at++) {
      const left = (this.#weights[at] ?? 0) * weight
      this.#weights[at] = left < forgotten ? 0 : left
      this.#count += this.#weights[at] ?? 0
    }
  }
}

function binOf(value: number): number {
  if (!(value > least)) return 0
  return Math.min(bins - 1, Math.ceil(Math.log(value / least) / logGamma))
}

/** Middle of a bin, at most 1 % from both of its ends. */
function middleOf(at: number): number {
  return at === 0 ? least : (least * 2 * gamma ** at) / (gamma + 1)
}

/** Sums are made once: whoever weighs delays asks for hundreds of quantiles and shares in a row. */
function readOf(weights: Float32Array): Distribution {
  const upTo = new Float64Array(bins)
  let sum = 0
  for (let at = 0; at < bins; at++) {
    sum += weights[at] ?? 0
    upTo[at] = sum
  }
  const total = sum
  return {
    count: total,
    quantile(q) {
      const rank = Math.min(Math.max(q, 0), 1) * total
      let [low, high] = [0, bins - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        const reached = (upTo[middle] ?? 0) >= rank && (upTo[middle] ?? 0) > 0
        if (reached) high = middle
        else low = middle + 1
      }
      return total === 0 ? 0 : middleOf(low)
    },
    exceeding(value) {
      return total === 0 ? 0 : 1 - (upTo[binOf(value)] ?? 0) / total
    },
  }
}
