/** Samples of slower answers tell less than what is known, until that is this old. */
const trustedForMs = 30_000
/** The time of the shadow's books follows the server only where they are this far apart. */
const apartMs = 100
/** A reply that is off by more than this and its own round trip: the clock of the server was set. */
const stepMs = 1_000

/**
 * The time of the server, milliseconds since the epoch, from the monotonic clock here: between two
 * answers it never steps.
 */
export class ServerTime {
  readonly #monotonicMs: () => number
  #offsetMs: number
  #shadowOffsetMs: number
  #known = false
  #roundTripMs = Number.POSITIVE_INFINITY
  #sampledMs = Number.NEGATIVE_INFINITY

  /** Until the server has answered once, the clock on the wall here stands for the one there. */
  constructor(monotonicMs: () => number, wallMs: number) {
    this.#monotonicMs = monotonicMs
    this.#offsetMs = wallMs - monotonicMs()
    this.#shadowOffsetMs = Math.round(this.#offsetMs)
  }

  nowMs(): number {
    return Math.round(this.#monotonicMs() + this.#offsetMs)
  }

  /**
   * Of an instant of the monotonic clock in whole milliseconds, and back. What was borrowed at an instant
   * is put right at the same one, so these do not follow every sample.
   */
  ofShadow(monotonicMs: number): number {
    return monotonicMs + this.#shadowOffsetMs
  }

  inShadow(atMs: number): number {
    return atMs - this.#shadowOffsetMs
  }

  /**
   * An answer came just now to what was sent at `sentMs` (monotonic). Returns by how much the server's
   * clock was set in the meantime; 0: it was not. A step is not followed. `outdated`: what is known here
   * is out by more than it may be, so that this sample is better whatever it took.
   */
  heard(serverMs: number, sentMs: number, outdated = false): number {
    const nowMs = this.#monotonicMs()
    const roundTripMs = nowMs - sentMs
    const offsetMs = serverMs - (sentMs + nowMs) / 2
    const differenceMs = offsetMs - this.#offsetMs
    if (this.#known && Math.abs(differenceMs) > stepMs + roundTripMs) return differenceMs
    const aged = nowMs - this.#sampledMs > trustedForMs && roundTripMs < stepMs
    if (outdated || aged || roundTripMs <= this.#roundTripMs) {
      this.#offsetMs = offsetMs
      this.#roundTripMs = roundTripMs
      this.#sampledMs = nowMs
      this.#known = true
      if (Math.abs(offsetMs - this.#shadowOffsetMs) > apartMs) {
        this.#shadowOffsetMs = Math.round(offsetMs)
      }
    }
    return 0
  }
}
