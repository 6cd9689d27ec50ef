import { arrayAt, type JsonValue } from '../json.ts'
import { isSaved, mostSaved } from './saved-number.ts'

/**
 * The sums that a straight line through pairs is fitted from; old pairs fade with every new one.
 */
export class FadingSums {
  readonly #fade: number
  weight = 0
  #x = 0
  #y = 0
  #xx = 0
  #xy = 0

  /** `memory`: after so many pairs the oldest weighs about a third. */
  constructor(memory: number) {
    this.#fade = 1 - 1 / memory
  }

  add(x: number, y: number): void {
    const fade = this.#fade
    this.weight = this.weight * fade + 1
    this.#x = this.#x * fade + x
    this.#y = this.#y * fade + y
    this.#xx = this.#xx * fade + x * x
    this.#xy = this.#xy * fade + x * y
  }

  /** Means; only where `weight` is not zero. */
  get meanX(): number {
    return this.#x / this.weight
  }

  get meanY(): number {
    return this.#y / this.weight
  }

  /** Sum of squares of x around its mean. */
  get variation(): number {
    return this.weight === 0 ? 0 : Math.max(0, this.#xx - this.#x * this.meanX)
  }

  /** Sum of products of x and y around their means. */
  get together(): number {
    return this.weight === 0 ? 0 : this.#xy - this.#x * this.meanY
  }

  snapshot(): JsonValue {
    return [this.weight, this.#x, this.#y, this.#xx, this.#xy]
  }

  restore(from: JsonValue | undefined): void {
    const sums = arrayAt({ sums: from }, 'sums')
    const [weight, x, y, xx, xy] = sums
    // One pair weighs 1: means over less than that are of nothing.
    if (!isSaved(weight) || weight < 1 || !isSaved(x) || !isSaved(y)) return
    if (!isSaved(xx, mostSaved ** 2) || !isSaved(xy, mostSaved ** 2)) return
    this.weight = weight
    this.#x = x
    this.#y = y
    this.#xx = xx
    this.#xy = xy
  }
}
