import { estimateNanoUsd, type Price, type Rates, ratesAt } from '../account/price.ts'
import type { Operation } from '../request.ts'
import type { Amounts } from './bindings.ts'
import { type ExpectedOutput, enoughOutput } from './expected-output.ts'
import type { ExpectedInput } from './input-ratio.ts'

/**
 * What a request will take, before it runs: its `Amounts` are what is expected. How much is borrowed for
 * that depends on the limit too: see `amountToBorrow`.
 */
export interface Estimate extends Amounts {
  readonly inputVariance: number
  readonly outputVariance: number
  /** In square nano-dollars; like all that is on cost, 0 where the price is not known. */
  readonly costVariance: number
  /** By these it is exceeded by little on average: see `enoughOutput`. */
  readonly enoughOutputTokens: number
  /** Of input and output together. */
  readonly enoughTokens: number
  readonly enoughNanoUsd: number
  /** It cannot be more, as far as the output goes. */
  readonly mostOutputTokens: number
  readonly mostNanoUsd: number
  /** Replies to the name that were seen, faded; 0: none yet. */
  readonly seen: number
}

/** Of what makes no tokens and costs nothing, as counting them does. */
export const nothingTaken: Estimate = {
  inputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  inputVariance: 0,
  outputVariance: 0,
  costVariance: 0,
  enoughOutputTokens: 0,
  enoughTokens: 0,
  enoughNanoUsd: 0,
  mostOutputTokens: 0,
  mostNanoUsd: 0,
  seen: 0,
}

/** Of all that a request takes, the share by which it may exceed what was borrowed, on average. */
const excess = 0.01

/** `price` is null where it is not known, or only tokens are asked for. */
export function estimateOf(
  input: ExpectedInput,
  output: ExpectedOutput,
  operation: Operation,
  price: Price | null,
): Estimate {
  return new LazyEstimate(input, output, operation, price)
}

/** Made for every candidate of every plan, where few limits bind: the rest is found out when asked for. */
class LazyEstimate implements Estimate {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: number | null
  readonly inputVariance: number
  readonly outputVariance: number
  readonly mostOutputTokens: number
  readonly seen: number
  readonly #output: ExpectedOutput
  readonly #operation: Operation
  readonly #price: Price | null

  constructor(
    input: ExpectedInput,
    output: ExpectedOutput,
    operation: Operation,
    price: Price | null,
  ) {
    this.inputTokens = Math.ceil(input.mean)
    this.outputTokens = Math.ceil(output.mean)
    this.inputVariance = input.variance
    this.outputVariance = output.variance
    this.mostOutputTokens = output.most
    this.seen = output.seen
    this.#output = output
    this.#operation = operation
    this.#price = price
    this.costNanoUsd = price === null ? null : this.#costWith(this.outputTokens)
  }

  get enoughOutputTokens(): number {
    return enoughOutput(this.#output, excess * this.outputTokens)
  }

  get enoughTokens(): number {
    const { inputTokens, outputTokens } = this
    return inputTokens + enoughOutput(this.#output, excess * (inputTokens + outputTokens))
  }

  get enoughNanoUsd(): number {
    const outputNanoUsd = this.#rates?.outputNanoUsd ?? 0
    const spare = outputNanoUsd > 0 ? (excess * (this.costNanoUsd ?? 0)) / outputNanoUsd : 0
    return this.#costWith(enoughOutput(this.#output, spare))
  }

  get mostNanoUsd(): number {
    return this.#costWith(this.mostOutputTokens)
  }

  get costVariance(): number {
    const rates = this.#rates
    if (rates === null) return 0
    return (
      this.inputVariance * rates.inputNanoUsd ** 2 + this.outputVariance * rates.outputNanoUsd ** 2
    )
  }

  get #rates(): Rates | null {
    const price = this.#price
    return price?.tiers === undefined ? price : ratesAt(price, this.inputTokens)
  }

  /** An image that is billed by itself has no tokens: one is made. */
  #costWith(outputTokens: number): number {
    const image = this.#operation === 'image' ? (this.#price?.imageNanoUsd ?? 0) : 0
    return image + (estimateNanoUsd(this.inputTokens, outputTokens, this.#price) ?? 0)
  }
}
