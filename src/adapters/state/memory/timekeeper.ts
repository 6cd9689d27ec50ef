import type { Instant } from '../../../core/limits/book.ts'
import { followWall, type SteadyWall, steadyWall } from '../../../core/limits/steady-wall.ts'
import type { Clock } from '../../../gateway/ports.ts'

/** The instant that the books are looked at, by a clock whose steps are not believed at once. */
export class Timekeeper {
  /** The same object always, as of the last `tick`. */
  readonly now: Instant
  readonly #clock: Clock
  readonly #steady: SteadyWall

  constructor(clock: Clock) {
    this.#clock = clock
    const wallMs = clock.nowMs()
    const monotonicMs = clock.monotonicMs()
    this.#steady = steadyWall(wallMs, monotonicMs)
    this.now = { monotonicMs, wallMs }
  }

  tick(): Instant {
    const monotonicMs = this.#clock.monotonicMs()
    this.now.monotonicMs = monotonicMs
    this.now.wallMs = followWall(this.#steady, this.#clock.nowMs(), monotonicMs)
    return this.now
  }

  /** Wall time less monotonic time. */
  get offsetMs(): number {
    return this.#steady.offsetMs
  }
}
