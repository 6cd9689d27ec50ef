import { arrayAt, type JsonValue } from '../json.ts'
import { isSaved } from './saved-number.ts'
import { learnUsual, type Usual } from './usual.ts'

/**
 * Prompts up to 256 tokens, 512, 1 K, … 256 K and beyond: reading a prompt takes time by its
 * length.
 */
const bucketCount = 12
const smallestLog2 = 8
const largest = 2 ** 30

export function promptSize(inputTokens: number): number {
  // Bits of the largest number below it: ⌈log2⌉ without a logarithm, for every candidate of every plan.
  const steps = 32 - Math.clz32(Math.ceil(Math.min(inputTokens, largest)) - 1) - smallestLog2
  return inputTokens <= 1 ? 0 : Math.min(Math.max(steps, 0), bucketCount - 1)
}

/** The usual first-token time by size of the prompt. */
export class PromptSizes {
  readonly #buckets: readonly Usual[] = Array.from({ length: bucketCount }, () => ({
    value: 0,
    samples: 0,
  }))
  #measured = false

  /** Milliseconds; from the nearest size that was measured, the larger of two; null without any. */
  usual(size: number): number | null {
    // Asked several times for each request, and a target that streams nothing is never measured.
    if (!this.#measured) return null
    for (let away = 0; away < bucketCount; away++) {
      const larger = this.#bucket(size + away)
      if (larger !== null && larger.samples > 0) return larger.value
      const smaller = this.#bucket(size - away)
      if (smaller !== null && smaller.samples > 0) return smaller.value
    }
    return null
  }

  learn(size: number, ms: number): void {
    const bucket = this.#buckets[size]
    if (bucket === undefined) return
    const neighbour = bucket.samples === 0 ? this.usual(size) : null
    // One measurement is not more than what was known from the sizes next to it.
    if (neighbour !== null) {
      bucket.value = neighbour
      bucket.samples = 1
    }
    learnUsual(bucket, ms)
    this.#measured = true
  }

  snapshot(): JsonValue {
    return this.#buckets.map(({ value, samples }) => [round(value), samples])
  }

  restore(from: JsonValue | undefined): void {
    for (const [size, pair] of arrayAt({ pairs: from }, 'pairs').entries()) {
      const bucket = this.#buckets[size]
      if (bucket === undefined || !Array.isArray(pair)) continue
      const [value, samples] = pair
      if (!isSaved(value) || !isSaved(samples) || value === 0 || samples < 1) continue
      bucket.value = value
      bucket.samples = Math.trunc(samples)
      this.#measured = true
    }
  }

  /** With its bounds checked: a negative index makes the engine look for a name, which takes far longer. */
  #bucket(size: number): Usual | null {
    return size < 0 || size >= bucketCount ? null : (this.#buckets[size] ?? null)
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
