/** A smaller number is believed after so long: after an outage gateways come back one by one. */
const believedAfterMs = 30_000

/** How many gateways share the books, as far as this one knows. */
export class Replicas {
  #count = 1
  #highMs = Number.NEGATIVE_INFINITY

  get count(): number {
    return this.#count
  }

  /** Counted just now by Redis; `nowMs` is monotonic. */
  counted(count: number, nowMs: number): void {
    if (count >= this.#count) this.#highMs = nowMs
    if (count > this.#count || nowMs - this.#highMs >= believedAfterMs) this.#count = count
  }

  /** Redis was away until now, and so were the others. */
  returned(nowMs: number): void {
    this.#highMs = nowMs
  }
}
