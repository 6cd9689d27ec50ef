import type { HedgeSettings } from '../catalog.ts'
import type { Vitals } from '../health/vitals.ts'
import { hedgeDelay, leastSamples } from './hedge-delay.ts'

/** A delay is found out anew after so long; in between planning only looks it up. */
const refreshMs = 5_000
/** Extra attempts that may be made at once, saved up while none were. */
const mostSaved = 30

interface Decided {
  readonly atMs: number
  readonly share: number
  readonly afterMs: number | null
}

/** Delays of hedges, remembered, and what is left of each alias's hedge budget. */
export class Hedging {
  readonly #decided = new Map<string, Map<string, Decided>>()
  /** By alias: extra attempts that may be made. */
  readonly #saved = new Map<string, number>()

  /**
   * After how many milliseconds a request to the first target should be sent to the second as well;
   * null: never. Both may be the same target.
   */
  delayMs(first: Vitals, second: Vitals, settings: HedgeSettings, nowMs: number): number | null {
    if (settings.afterMs !== null) return settings.afterMs
    let seconds = this.#decided.get(first.target)
    if (seconds === undefined) {
      seconds = new Map()
      this.#decided.set(first.target, seconds)
    }
    const { share } = settings
    const known = seconds.get(second.target)
    if (known !== undefined && known.share === share && nowMs - known.atMs < refreshMs) {
      return known.afterMs
    }
    const afterMs = findDelay(first, second, share, nowMs)
    seconds.set(second.target, { atMs: nowMs, share, afterMs })
    return afterMs
  }

  /** A request that may be hedged was sent: it pays its share into the budget. */
  arrived(alias: string, { share }: HedgeSettings): void {
    const saved = this.#saved.get(alias) ?? 1
    this.#saved.set(alias, Math.min(mostSaved, saved + share))
  }

  allows(alias: string): boolean {
    return (this.#saved.get(alias) ?? 0) >= 1
  }

  /** A second attempt was made. */
  withdraw(alias: string): void {
    this.#saved.set(alias, (this.#saved.get(alias) ?? 0) - 1)
  }
}

function findDelay(first: Vitals, second: Vitals, share: number, nowMs: number): number | null {
  const ours = first.firstTokens(nowMs)
  if (ours === null) return null
  const theirs = second.target === first.target ? ours : second.firstTokens(nowMs)
  // A target that only waits behind another one is not measured until a hedge asks it: until then it is
  // taken for no better than the first.
  const known = theirs === null || theirs.count < leastSamples ? ours : theirs
  return hedgeDelay(ours, known, share)?.afterMs ?? null
}
