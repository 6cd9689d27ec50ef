import type { JsonValue } from '../json.ts'
import { FadingSums } from './fading-sums.ts'

/** Load is counted in ten thousand outstanding tokens. */
const unit = 10_000
/** Slowdown per unit as long as nothing was measured: enough to tell equal targets apart. */
const prior = 0.03
/** How much of the prior a measurement has to outweigh. */
const priorWeight = 0.5
/** One outlier, or a target slow for other reasons, must not pass for load. */
const mostSlowdown = 4
const mostSlope = 50

/**
 * How much slower a target gets by what is under way there: the slope of measured over usual
 * first-token time against the tokens outstanding when the request was sent (ridge regression,
 * fading). A hosted model hardly notices; one machine with two slots does.
 */
export class LoadSlope {
  readonly #sums = new FadingSums(64)
  #slope = prior

  /** What the usual is multiplied by with so many tokens outstanding. */
  factor(outstandingTokens: number): number {
    return 1 + (this.#slope * outstandingTokens) / unit
  }

  /** `slowdown`: measured over usual. */
  observe(outstandingTokens: number, slowdown: number): void {
    this.#sums.add(outstandingTokens / unit, Math.min(slowdown, mostSlowdown))
    this.#fit()
  }

  snapshot(): JsonValue {
    return this.#sums.snapshot()
  }

  restore(from: JsonValue | undefined): void {
    this.#sums.restore(from)
    this.#fit()
  }

  #fit(): void {
    const { together, variation } = this.#sums
    const slope = (together + priorWeight * prior) / (variation + priorWeight)
    this.#slope = Math.min(Math.max(slope, 0), mostSlope)
  }
}
