import type { RetryBudgetSettings } from '../catalog.ts'

export const defaultRetryBudget: RetryBudgetSettings = { share: 0.2, floor: 50 }

/** How fast traffic and retries are forgotten: after so long 37 % of them count. */
const windowMs = 10_000
/** In an outage of everything further attempts hardly ever help, and whoever recovers needs air. */
const panicFactor = 0.5

/**
 * Bounds what retries and failovers add to the traffic (after Finagle's RetryBudget), so that an outage
 * of one provider is not multiplied into an overload of the next. The unit is one request of average
 * cost: an attempt with a prompt of ten times the average draws ten, so the same share holds for money.
 * Over any ten seconds or more, what is withdrawn stays near `share` of the requests, or `floor`.
 */
export class RetryBudget {
  readonly #settings: RetryBudgetSettings
  readonly #onRefused: () => void
  /** Decayed sums up to `#atMs`. */
  #requests = 0
  #priced = 0
  #costNanoUsd = 0
  #withdrawn = 0
  #atMs = Number.NEGATIVE_INFINITY

  /** `onRefused` hears of every further attempt that may not be made. */
  constructor(settings: RetryBudgetSettings, onRefused: () => void = () => {}) {
    this.#settings = settings
    this.#onRefused = onRefused
  }

  /** A request arrived; `costNanoUsd` is what its first attempt is expected to cost, null if unknown. */
  arrived(costNanoUsd: number | null, nowMs: number): void {
    this.#decay(nowMs)
    this.#requests += 1
    if (costNanoUsd === null) return
    this.#priced += 1
    this.#costNanoUsd += costNanoUsd
  }

  /**
   * Whether another attempt may be made. In `panic` the floor does not count: it is for quiet hours
   * with a target left that works.
   */
  allows(costNanoUsd: number | null, nowMs: number, panic: boolean): boolean {
    this.#decay(nowMs)
    const allowed = this.#withdrawn + this.#weight(costNanoUsd) <= this.#limit(panic)
    if (!allowed) this.#onRefused()
    return allowed
  }

  /** Another attempt was made. */
  withdraw(costNanoUsd: number | null, nowMs: number): void {
    this.#decay(nowMs)
    this.#withdrawn += this.#weight(costNanoUsd)
  }

  #limit(panic: boolean): number {
    const { share, floor } = this.#settings
    return panic ? panicFactor * share * this.#requests : Math.max(floor, share * this.#requests)
  }

  /** Cheap attempts count as one; the dearest of all may be made when no other was. */
  #weight(costNanoUsd: number | null): number {
    if (costNanoUsd === null || this.#costNanoUsd <= 0) return 1
    const average = this.#costNanoUsd / this.#priced
    return Math.min(Math.max(1, costNanoUsd / average), Math.max(1, this.#limit(false)))
  }

  #decay(nowMs: number): void {
    if (nowMs <= this.#atMs) return
    const kept = Math.exp((this.#atMs - nowMs) / windowMs)
    this.#requests *= kept
    this.#priced *= kept
    this.#costNanoUsd *= kept
    this.#withdrawn *= kept
    this.#atMs = nowMs
  }
}
