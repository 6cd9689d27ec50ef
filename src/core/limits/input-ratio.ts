import { isSaved } from '../health/saved-number.ts'
import { arrayAt, type JsonValue } from '../json.ts'

/** After so many requests the oldest weighs about a third. */
const memory = 256
/** Tokenizers differ by less: what is beyond is no text. */
const mostRatio = 8
/** Relative error of an estimate from bytes, before any was compared; squared. */
const usualError = 0.15 ** 2
/** Requests that this weighs as. */
const usualWeight = 4

/** Tokens of a prompt, before the provider has counted them. */
export interface ExpectedInput {
  readonly mean: number
  readonly variance: number
}

/** How many input tokens there are for each estimated one, fading. Long prompts count by their length. */
export class InputRatio {
  #estimated = 0
  #actual = 0
  /** Of the differences from what the ratio of the time made of the estimate, and of the estimates. */
  #errors = 0
  #squares = 0
  #weight = 0

  learn(estimated: number, actual: number): void {
    if (!(estimated > 0 && actual > 0)) return
    const fade = 1 - 1 / memory
    const error = actual - this.#ratio() * estimated
    // The first one is not wrong by what it teaches.
    this.#errors = this.#errors * fade + (this.#weight === 0 ? 0 : error * error)
    this.#squares = this.#squares * fade + (this.#weight === 0 ? 0 : estimated * estimated)
    this.#estimated = this.#estimated * fade + estimated
    this.#actual = this.#actual * fade + actual
    this.#weight = this.#weight * fade + 1
  }

  expected(estimated: number): ExpectedInput {
    const share = usualWeight / (usualWeight + this.#weight)
    const measured = this.#squares === 0 ? usualError : this.#errors / this.#squares
    const error = share * usualError + (1 - share) * Math.min(measured, mostRatio ** 2)
    return { mean: this.#ratio() * estimated, variance: error * estimated * estimated }
  }

  #ratio(): number {
    if (this.#weight === 0) return 1
    return Math.min(Math.max(this.#actual / this.#estimated, 1 / mostRatio), mostRatio)
  }

  snapshot(): JsonValue {
    return [this.#estimated, this.#actual, this.#errors, this.#squares, this.#weight]
  }

  restore(from: JsonValue | undefined): void {
    const [estimated, actual, errors, squares, weight] = arrayAt({ sums: from }, 'sums')
    if (!isSaved(estimated) || !isSaved(actual) || !isSaved(weight, memory) || weight < 1) return
    if (!isSaved(errors, 1e24) || !isSaved(squares, 1e24) || estimated === 0) return
    this.#estimated = estimated
    this.#actual = actual
    this.#errors = errors
    this.#squares = squares
    this.#weight = weight
  }
}
