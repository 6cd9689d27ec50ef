import { type JsonObject, type JsonValue, objectAt } from '../json.ts'
import { Drift } from './drift.ts'
import { LoadSlope } from './load-slope.ts'
import { Pending } from './pending.ts'
import { PromptSizes } from './prompt-sizes.ts'
import { savedNumber } from './saved-number.ts'
import { learnUsual, type Usual } from './usual.ts'
import { WholeReplies } from './whole-replies.ts'

/** A target that was never measured shows by its silence only after so long. */
const notableSilenceMs = 2_000
/** The length of a reply is a guess: only a whole one that takes three times as long is late. */
const slackOfWhole = 3
/**
 * How much later than this an answer is to be expected that is late already: delays of servers have long
 * tails, in which the wait still to come grows with the wait so far.
 */
const lateAgain = 2
/** From here on a target is in trouble, not just a little behind. */
const trouble = 1.5
/** Rates of shorter replies are mostly noise. */
const leastTokens = 4
const spreadGain = 0.05

/** What a request in the making brings to the estimate. */
export interface Expectation {
  readonly size: number
  readonly outputTokens: number
  readonly outstandingTokens: number
  readonly whole: boolean
}

/**
 * How long a target takes. Three things are kept apart because they change at different speeds:
 * what is usual for it (by size of the prompt), how it does against that now (`Drift`), and what
 * load adds to it (`LoadSlope`). Requests still pending count as lower bounds, so that a hung
 * target shows before it answers.
 */
export class Latency {
  readonly pending = new Pending()
  readonly #firstToken = new PromptSizes()
  readonly #drift = new Drift()
  readonly #load = new LoadSlope()
  readonly #perToken: Usual = { value: 0, samples: 0 }
  readonly #perTokenDrift = new Drift()
  readonly #whole = new WholeReplies()
  readonly #wholeDrift = new Drift()
  /** When the first of the slow requests in a row was sent; NaN: the last one was not slow. */
  #slowSinceMs = Number.NaN
  /** When the youngest reply was sent of which the time per token is known. */
  #tokensMs = Number.NEGATIVE_INFINITY
  #ratio = 1
  #ratioSpread = 0
  #ratios = 0

  /**
   * Of a request with nothing known against the target but its load: what its slowness is measured
   * by.
   */
  expectedMs({ size, outputTokens, outstandingTokens, whole }: Expectation): number {
    if (whole && this.#whole.seen) {
      const { msPerToken, msBefore } = this.#wholeRates()
      return slackOfWhole * (msBefore + outputTokens * msPerToken)
    }
    const usual = this.#firstToken.usual(size)
    if (usual === null) return Number.NaN
    const firstMs = usual * this.#load.factor(outstandingTokens)
    return whole ? slackOfWhole * (firstMs + outputTokens * this.#perToken.value) : firstMs
  }

  firstTokenMs(size: number, outstandingTokens: number, nowMs: number): number | null {
    const usual = this.#firstToken.usual(size)
    if (usual !== null) {
      const drift = this.#withSilence(this.#drift, nowMs)
      return usual * this.#load.factor(outstandingTokens) * drift
    }
    if (this.#whole.seen) {
      return this.#whole.msBefore() * this.#withSilence(this.#wholeDrift, nowMs)
    }
    return this.#silenceMs(nowMs)
  }

  msPerOutputToken(outstandingTokens: number, nowMs: number): number | null {
    const asked = outstandingTokens > 0
    if (this.#perToken.samples > 0) {
      const drift = this.#perTokenDrift.at(nowMs, asked)
      return this.#perToken.value * Math.max(drift, this.#suspected(nowMs))
    }
    return this.#whole.seen ? this.#whole.msPerToken() * this.#wholeDrift.at(nowMs, asked) : null
  }

  /** Standard deviation of the total over what was expected; null before the third reply. */
  spread(): number | null {
    return this.#ratios < 3 ? null : Math.sqrt(this.#ratioSpread) / Math.max(this.#ratio, 1e-9)
  }

  firstOutput(expectation: Expectation, firstMs: number, nowMs: number): void {
    const { size, outstandingTokens } = expectation
    const ms = Math.max(firstMs, 0.1)
    const usual = this.#firstToken.usual(size)
    const slowdown = this.#load.factor(outstandingTokens)
    if (usual !== null) {
      const ratio = ms / (usual * slowdown)
      if (ratio < trouble) this.#slowSinceMs = Number.NaN
      else if (Number.isNaN(this.#slowSinceMs)) this.#slowSinceMs = nowMs - ms
      this.#drift.observe(ratio, nowMs)
      this.#load.observe(outstandingTokens, ms / usual)
    } else {
      this.#drift.observe(1, nowMs)
    }
    this.#firstToken.learn(size, ms / slowdown)
  }

  /** A reply that came as a stream has ended. */
  streamed(firstMs: number, totalMs: number, outputTokens: number, nowMs: number): void {
    if (outputTokens < leastTokens) return
    this.#tokensMs = Math.max(this.#tokensMs, nowMs - totalMs)
    const perToken = Math.max((totalMs - firstMs) / (outputTokens - 1), 0.001)
    const usual = this.#perToken.samples === 0 ? perToken : this.#perToken.value
    this.#compare(totalMs, firstMs + outputTokens * usual)
    this.#perTokenDrift.observe(perToken / usual, nowMs)
    learnUsual(this.#perToken, perToken)
  }

  /** A reply that came in one piece. */
  cameWhole(totalMs: number, outputTokens: number, nowMs: number): void {
    if (this.#whole.seen) {
      const { msPerToken, msBefore } = this.#wholeRates()
      const expected = Math.max(0.1, msBefore + outputTokens * msPerToken)
      this.#compare(totalMs, expected)
      this.#wholeDrift.observe(totalMs / expected, nowMs)
    } else {
      // The first one is as ever; otherwise the second would be believed without reserve.
      this.#wholeDrift.observe(1, nowMs)
    }
    this.#whole.observe(outputTokens, totalMs)
  }

  /** Given up after `elapsedMs` without any output: it would have taken at least that long. */
  gaveUp(expectation: Expectation, elapsedMs: number, nowMs: number): void {
    const expectedMs = this.expectedMs(expectation)
    if (Number.isNaN(expectedMs)) {
      if (elapsedMs < notableSilenceMs) return
      // Otherwise a target too slow ever to be measured would be tried again for ever.
      this.firstOutput(expectation, elapsedMs, nowMs)
      return
    }
    const drift = expectation.whole && this.#whole.seen ? this.#wholeDrift : this.#drift
    const ratio = elapsedMs / expectedMs
    if (ratio > drift.at(nowMs, false)) drift.observe(ratio, nowMs)
  }

  snapshot(nowMs: number): JsonObject {
    return {
      firstToken: this.#firstToken.snapshot(),
      drift: this.#drift.snapshot(nowMs),
      load: this.#load.snapshot(),
      perToken: { value: this.#perToken.value, samples: this.#perToken.samples },
      perTokenDrift: this.#perTokenDrift.snapshot(nowMs),
      whole: this.#whole.snapshot(),
      wholeDrift: this.#wholeDrift.snapshot(nowMs),
      spread: { mean: this.#ratio, variance: this.#ratioSpread, samples: this.#ratios },
    }
  }

  restore(from: JsonValue | undefined, takenMs: number): void {
    const saved = objectAt({ saved: from }, 'saved') ?? {}
    this.#firstToken.restore(saved['firstToken'])
    this.#drift.restore(saved['drift'], takenMs)
    this.#load.restore(saved['load'])
    this.#perTokenDrift.restore(saved['perTokenDrift'], takenMs)
    this.#whole.restore(saved['whole'])
    this.#wholeDrift.restore(saved['wholeDrift'], takenMs)
    const perToken = savedNumber(saved['perToken'], 'value')
    if (perToken !== null && perToken > 0) {
      this.#perToken.value = perToken
      this.#perToken.samples = Math.max(1, savedNumber(saved['perToken'], 'samples') ?? 1)
    }
    this.#ratio = savedNumber(saved['spread'], 'mean') ?? 1
    this.#ratioSpread = savedNumber(saved['spread'], 'variance') ?? 0
    this.#ratios = savedNumber(saved['spread'], 'samples') ?? 0
  }

  #wholeRates() {
    return { msPerToken: this.#whole.msPerToken(), msBefore: this.#whole.msBefore() }
  }

  /** What was measured, or what the silence of pending requests shows already, if that is more. */
  #withSilence(drift: Drift, nowMs: number): number {
    const { silent, oldest } = this.pending
    let factor = drift.at(nowMs, silent !== null)
    if (silent !== null) {
      const late = (nowMs - silent.sentMs) / silent.expectedMs
      if (late > 1) factor = Math.max(factor, 1 + lateAgain * (late - 1))
    }
    if (oldest !== silent && oldest !== null) {
      const late = (nowMs - oldest.sentMs) / oldest.expectedMs
      if (late > factor) factor = drift.foreseen(late, factor)
    }
    return factor
  }

  /**
   * What slow first tokens let fear of the tokens after them, of which nothing is known until a reply has
   * ended: half of the trouble, as a geometric mean. Otherwise whatever writes fast would go on being asked.
   */
  #suspected(nowMs: number): number {
    if (this.pending.silent === null && !(this.#slowSinceMs > this.#tokensMs)) return 1
    const factor = this.#withSilence(this.#drift, nowMs)
    return factor < trouble ? 1 : Math.sqrt(factor)
  }

  #silenceMs(nowMs: number): number | null {
    const { oldest } = this.pending
    const silentMs = oldest === null ? 0 : nowMs - oldest.sentMs
    return silentMs >= notableSilenceMs ? silentMs : null
  }

  #compare(totalMs: number, expectedMs: number): void {
    const ratio = Math.min(totalMs / Math.max(expectedMs, 0.1), 100)
    this.#ratios++
    const gain = Math.max(spreadGain, 1 / this.#ratios)
    const off = ratio - this.#ratio
    this.#ratio += gain * off
    this.#ratioSpread = (1 - gain) * (this.#ratioSpread + gain * off * off)
  }
}
