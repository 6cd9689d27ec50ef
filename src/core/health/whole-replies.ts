import type { JsonValue } from '../json.ts'
import { FadingSums } from './fading-sums.ts'

/**
 * Taken for granted as long as all replies were of about one length, which tells nothing of the
 * slope.
 */
const assumedMsPerToken = 15

/**
 * Time of whole replies by their length: total = before + tokens · perToken, fitted by least
 * squares, fading. A reply in one piece shows no first token, so this is all it tells.
 */
export class WholeReplies {
  readonly #sums = new FadingSums(128)

  get seen(): boolean {
    return this.#sums.weight > 0
  }

  observe(outputTokens: number, totalMs: number): void {
    this.#sums.add(outputTokens, totalMs)
  }

  msPerToken(): number {
    const { weight, meanX, meanY, variation, together } = this.#sums
    const steepest = meanY / Math.max(1, meanX)
    const tells = variation > 0.01 * weight * meanX * meanX
    return Math.min(Math.max(tells ? together / variation : assumedMsPerToken, 0), steepest)
  }

  msBefore(): number {
    return Math.max(0, this.#sums.meanY - this.msPerToken() * this.#sums.meanX)
  }

  snapshot(): JsonValue {
    return this.#sums.snapshot()
  }

  restore(from: JsonValue | undefined): void {
    this.#sums.restore(from)
  }
}
