/** A request that was sent and has not shown anything yet. */
export interface Waiting {
  readonly sentMs: number
  /**
   * When its first output (a whole reply: its end) was to be expected, after `sentMs`; NaN:
   * unknown.
   */
  readonly expectedMs: number
  readonly order: number
  before: Waiting | null
  after: Waiting | null
}

/**
 * Requests that have shown nothing yet, in the order they were sent, as a linked list: the oldest
 * is found, and any of them taken out, without a search.
 */
export class Pending {
  #oldest: Waiting | null = null
  #newest: Waiting | null = null
  /** The oldest that no later request has overtaken. */
  #silent: Waiting | null = null

  /** The oldest of all. */
  get oldest(): Waiting | null {
    return this.#oldest
  }

  /**
   * The oldest of those sent after whatever answered last: there is no sign of life since, so its
   * silence is the target's. An older one, overtaken by others, is only an outlier of its own.
   */
  get silent(): Waiting | null {
    return this.#silent
  }

  add(waiting: Waiting): void {
    waiting.before = this.#newest
    if (this.#newest === null) this.#oldest = waiting
    else this.#newest.after = waiting
    this.#newest = waiting
    this.#silent ??= waiting
  }

  /** `answered`: it showed something, so all that were sent before it are overtaken. */
  remove(waiting: Waiting, answered: boolean): void {
    const { before, after } = waiting
    if (this.#silent === waiting) this.#silent = after
    if (before === null) this.#oldest = after
    else before.after = after
    if (after === null) this.#newest = before
    else after.before = before
    waiting.before = waiting.after = null
    if (!answered) return
    while (this.#silent !== null && this.#silent.order < waiting.order) {
      this.#silent = this.#silent.after
    }
  }
}
