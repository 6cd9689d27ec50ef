import { filedUnder } from '../../../core/limits/filed-under.ts'
import type { Binding } from '../../../core/limits/limit.ts'
import type { TermsOfLimits } from './terms.ts'

/** The books of one call, each once: their keys, and their terms as scripts take them. */
export class BookList {
  /** By place, the first being 1 in scripts and 0 here. */
  readonly bindings: Binding[] = []
  readonly keys: string[]
  readonly terms: string[] = []
  readonly #terms: TermsOfLimits
  readonly #wallMs: number
  readonly #first: number

  /** `before`: keys of the script that are no books. */
  constructor(terms: TermsOfLimits, before: readonly string[], wallMs: number) {
    this.#terms = terms
    this.#wallMs = wallMs
    this.keys = before.slice()
    this.#first = before.length
  }

  get size(): number {
    return this.bindings.length
  }

  /** Adds the book where it is not there yet. Counted from 1. */
  placeOf(binding: Binding): number {
    const { limit, subject } = binding
    const terms = this.#terms.of(limit, this.#wallMs)
    const key = terms.keyStart + filedUnder(subject)
    const known = this.keys.indexOf(key, this.#first)
    if (known >= 0) return known - this.#first + 1
    this.keys.push(key)
    this.bindings.push(binding)
    this.terms.push(terms.kind, terms.amount, terms.burst, terms.first, terms.second, terms.third)
    return this.bindings.length
  }

  keyAt(place: number): string {
    return this.keys[this.#first + place - 1] ?? ''
  }
}
