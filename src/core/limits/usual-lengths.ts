import { isSaved } from '../health/saved-number.ts'
import { arrayAt, type JsonValue } from '../json.ts'

/** A bin reaches from a length to 15 % more. */
const binsPerDoubling = 5
/** Up to a quarter of a million tokens; what is longer is in the last bin. */
const bins = 18 * binsPerDoubling + 1
/** After so many replies the oldest weighs about a third: lengths drift within minutes. */
const memory = 128
const growth = 1 / (1 - 1 / memory)
/** Weights are scaled back long before they overflow: after some eighty thousand replies. */
const heaviest = 1e280
/** Lighter than this, a bin is empty: faded. */
const forgotten = 1e-3
/** Of lengths that are cut off at a bound. */
export interface Lengths {
  readonly mean: number
  readonly variance: number
}

/**
 * How long replies are: a histogram with a sum in each bin, so that means are exact. Old replies fade
 * with every new one: the new ones weigh more instead of the old ones less, so adding touches one bin.
 */
export class UsualLengths {
  readonly #weights = new Float64Array(bins)
  readonly #sums = new Float64Array(bins)
  #squares = 0
  #weight = 0
  /** Weight of the newest. */
  #unit = 1
  /** Over all bins below one, as they were at the last look: weights, sums and squares. */
  readonly #weightsBelow = new Float64Array(bins + 1)
  readonly #sumsBelow = new Float64Array(bins + 1)
  readonly #squaresBelow = new Float64Array(bins + 1)
  #longest = 0
  #whole: Lengths = { mean: 0, variance: 0 }
  /** Added since the last look. */
  #added = 0

  /** Replies it rests on, faded. */
  get seen(): number {
    return this.#weight / this.#unit
  }

  add(length: number): void {
    this.#age()
    const at = binOf(length)
    const unit = this.#unit
    this.#weights[at] = (this.#weights[at] ?? 0) + unit
    this.#sums[at] = (this.#sums[at] ?? 0) + unit * length
    this.#squares += unit * length * length
  }

  /**
   * One that was cut off at this length and would have been longer: it counts as all that is known to be
   * longer, in proportion (Efron's redistribution to the right). Else clients that allow few tokens make
   * the replies to all others look short.
   */
  addAtLeast(length: number): void {
    const from = binOf(length) + 1
    let above = 0
    for (let at = from; at < bins; at++) above += this.#weights[at] ?? 0
    if (above < forgotten * this.#unit) {
      this.add(length)
      return
    }
    this.#age()
    const share = this.#unit / above
    for (let at = from; at < bins; at++) {
      const [weight, sum] = [this.#weights[at] ?? 0, this.#sums[at] ?? 0]
      if (weight === 0) continue
      this.#weights[at] = weight + weight * share
      this.#sums[at] = sum + sum * share
      this.#squares += (sum * sum * share) / weight
    }
  }

  /** What lengths cut off at `bound` are like; only where some were seen. */
  cutAt(bound: number): Lengths {
    // A few more change little in many: what all bins come to is not made for each of them.
    if (this.#added * 16 > this.seen) this.#look()
    return bound >= this.#longest ? this.#whole : this.#cut(bound)
  }

  /**
   * The length by which replies exceed by `excess` on average, all the shorter ones counted as by 0;
   * never more than `bound`. Linear between the ends of bins, which is rather too much than too little.
   */
  exceededBy(excess: number, bound: number): number {
    const spared = bound >= this.#longest ? 0 : this.#whole.mean - this.#cut(bound).mean
    const allowed = excess + spared
    let [low, high] = [0, bins - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#excessOver(middle) <= allowed) high = middle
      else low = middle + 1
    }
    if (low === 0) return Math.min(bound, endOf(0))
    const [before, after] = [this.#excessOver(low - 1), this.#excessOver(low)]
    const share = before > after ? Math.min(1, (before - allowed) / (before - after)) : 1
    return Math.min(bound, endOf(low - 1) + share * (endOf(low) - endOf(low - 1)))
  }

  /** Mean of what is longer than the end of a bin, by how much it is. */
  #excessOver(at: number): number {
    const weight = this.#weightsBelow[bins] ?? 0
    const longer = weight - (this.#weightsBelow[at + 1] ?? 0)
    const sum = (this.#sumsBelow[bins] ?? 0) - (this.#sumsBelow[at + 1] ?? 0)
    return Math.max(0, sum - longer * endOf(at)) / weight
  }

  snapshot(): JsonValue {
    const found: number[] = []
    for (const [at, weight] of this.#weights.entries()) {
      const share = weight / this.#unit
      if (share < forgotten) continue
      const mean = (this.#sums[at] ?? 0) / weight
      found.push(at, Math.round(share * 1e3) / 1e3, Math.round(mean * 10) / 10)
    }
    return found
  }

  restore(from: JsonValue | undefined): void {
    for (const [at, weight, mean] of saved(from)) {
      if (this.#weights[at] !== 0) continue
      this.#weights[at] = weight
      this.#sums[at] = weight * mean
      this.#squares += weight * mean * mean
      this.#weight += weight
    }
    this.#look()
  }

  #age(): void {
    this.#added++
    this.#weight += this.#unit * growth
    this.#unit *= growth
    if (this.#unit > heaviest) this.#scaleBack()
  }

  #scaleBack(): void {
    for (let at = 0; at < bins; at++) {
      const share = (this.#weights[at] ?? 0) / this.#unit
      this.#sums[at] = share < forgotten ? 0 : (this.#sums[at] ?? 0) / this.#unit
      this.#weights[at] = share < forgotten ? 0 : share
    }
    this.#squares /= this.#unit
    this.#weight /= this.#unit
    this.#unit = 1
  }

  #look(): void {
    let [weight, sum, squares, longest] = [0, 0, 0, 0]
    for (let at = 0; at < bins; at++) {
      const [here, sumHere] = [this.#weights[at] ?? 0, this.#sums[at] ?? 0]
      if (here > 0) {
        weight += here
        sum += sumHere
        squares += (sumHere * sumHere) / here
      }
      if (here > forgotten * this.#unit) longest = at
      this.#weightsBelow[at + 1] = weight
      this.#sumsBelow[at + 1] = sum
      this.#squaresBelow[at + 1] = squares
    }
    this.#added = 0
    this.#longest = endOf(longest)
    if (weight === 0) return
    const mean = sum / weight
    const variance = Math.max(0, this.#squares / weight - mean * mean)
    this.#whole = { mean, variance }
  }

  #cut(bound: number): Lengths {
    const at = binOf(bound)
    const weight = this.#weightsBelow[bins] ?? 0
    const below = this.#weightsBelow[at] ?? 0
    const here = (this.#weightsBelow[at + 1] ?? 0) - below
    const sumHere = (this.#sumsBelow[at + 1] ?? 0) - (this.#sumsBelow[at] ?? 0)
    const meanHere = here > 0 ? Math.min(sumHere / here, bound) : 0
    const above = weight - below - here
    const sum = (this.#sumsBelow[at] ?? 0) + here * meanHere + above * bound
    const squares =
      (this.#squaresBelow[at] ?? 0) + here * meanHere * meanHere + above * bound * bound
    const mean = sum / weight
    return { mean, variance: Math.max(0, squares / weight - mean * mean) }
  }
}

/** Whether a snapshot holds any lengths. */
export function hasLengths(snapshot: JsonValue | undefined): boolean {
  return saved(snapshot).length > 0
}

/** Bins, their weights and means, as far as they can be true. */
function saved(snapshot: JsonValue | undefined): [number, number, number][] {
  const bins: [number, number, number][] = []
  const found = arrayAt({ found: snapshot }, 'found')
  for (let i = 0; i + 2 < found.length; i += 3) {
    const [at, weight, mean] = [found[i], found[i + 1], found[i + 2]]
    if (!isSaved(weight, memory) || weight === 0 || !isSaved(mean)) continue
    // The mean was rounded, and may be in the next bin now.
    if (isSaved(at) && Math.abs(binOf(mean) - at) <= 1) bins.push([Math.round(at), weight, mean])
  }
  return bins
}

function binOf(length: number): number {
  if (!(length > 1)) return 0
  return Math.min(bins - 1, Math.ceil(Math.log2(length) * binsPerDoubling))
}

/** Longest that is in a bin, the last one apart. */
function endOf(at: number): number {
  return 2 ** (at / binsPerDoubling)
}
