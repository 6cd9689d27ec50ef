const bucketCount = 10

export interface WindowCounts {
  calls: number
  failures: number
  slow: number
}

/** How the attempts of the last while ended: ten buckets, each a tenth of the window. */
export class SuccessWindow {
  readonly #calls = new Uint32Array(bucketCount)
  readonly #failures = new Uint32Array(bucketCount)
  readonly #slow = new Uint32Array(bucketCount)
  /** Number of the newest bucket, counted from the beginning of time. */
  #newest = Number.NEGATIVE_INFINITY
  /** The window the buckets are parts of: a reload may change it, and their numbers with it. */
  #windowMs = Number.NaN

  add(failed: boolean, slow: boolean, nowMs: number, windowMs: number): void {
    if (windowMs !== this.#windowMs) {
      this.clear()
      this.#windowMs = windowMs
    }
    const at = this.#bucketAt(nowMs, windowMs)
    this.#calls[at] = (this.#calls[at] ?? 0) + 1
    if (failed) this.#failures[at] = (this.#failures[at] ?? 0) + 1
    if (slow) this.#slow[at] = (this.#slow[at] ?? 0) + 1
  }

  /** Adds up what is young enough at `nowMs`, into `into`: no object is made for a look. */
  count(nowMs: number, windowMs: number, into: WindowCounts): WindowCounts {
    into.calls = into.failures = into.slow = 0
    if (windowMs !== this.#windowMs) return into
    const number = Math.floor((nowMs * bucketCount) / windowMs)
    for (let age = 0; age < bucketCount; age++) {
      if (this.#newest - age <= number - bucketCount) break
      const at = placeOf(this.#newest - age)
      into.calls += this.#calls[at] ?? 0
      into.failures += this.#failures[at] ?? 0
      into.slow += this.#slow[at] ?? 0
    }
    return into
  }

  clear(): void {
    this.#calls.fill(0)
    this.#failures.fill(0)
    this.#slow.fill(0)
    this.#newest = Number.NEGATIVE_INFINITY
  }

  /**
   * Place of the bucket of `nowMs`, those in between emptied. A clock that goes back stays in the
   * newest.
   */
  #bucketAt(nowMs: number, windowMs: number): number {
    const number = Math.floor((nowMs * bucketCount) / windowMs)
    if (number > this.#newest) {
      const stale = Math.min(bucketCount, number - this.#newest)
      for (let age = 0; age < stale; age++) {
        const at = placeOf(number - age)
        this.#calls[at] = this.#failures[at] = this.#slow[at] = 0
      }
      this.#newest = number
    }
    return placeOf(this.#newest)
  }
}

/** Times before the start of the clock are negative: they come from a run before this one. */
function placeOf(number: number): number {
  return ((number % bucketCount) + bucketCount) % bucketCount
}
