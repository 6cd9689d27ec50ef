import { estimateNanoUsd, type Price, ratesAt } from '../account/price.ts'
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

/** Of all that a request takes, the share by which it may exceed what was borrowed, on average. */
const excess = 0.005

/** `price` is null where it is not known, or only tokens are asked for. */
export function estimateOf(
  input: ExpectedInput,
  output: ExpectedOutput,
  operation: Operation,
  price: Price | null,
): Estimate {
  const inputTokens = Math.ceil(input.mean)
  const outputTokens = Math.ceil(output.mean)
  let costNanoUsd: number | null = null
  let [costVariance, enoughNanoUsd, mostNanoUsd] = [0, 0, 0]
  if (price !== null) {
    const { inputNanoUsd, outputNanoUsd } =
      price.tiers === undefined ? price : ratesAt(price, inputTokens)
    costNanoUsd = costOf(inputTokens, outputTokens, operation, price)
    const spare = outputNanoUsd > 0 ? (excess * costNanoUsd) / outputNanoUsd : 0
    enoughNanoUsd = costOf(inputTokens, enoughOutput(output, spare), operation, price)
    mostNanoUsd = costOf(inputTokens, output.most, operation, price)
    costVariance = input.variance * inputNanoUsd ** 2 + output.variance * outputNanoUsd ** 2
  }
  return {
    inputTokens,
    outputTokens,
    costNanoUsd,
    inputVariance: input.variance,
    outputVariance: output.variance,
    costVariance,
    enoughOutputTokens: enoughOutput(output, excess * outputTokens),
    enoughTokens: inputTokens + enoughOutput(output, excess * (inputTokens + outputTokens)),
    enoughNanoUsd,
    mostOutputTokens: output.most,
    mostNanoUsd,
    seen: output.seen,
  }
}

/** An image that is billed by itself has no tokens: one is made. */
function costOf(input: number, output: number, operation: Operation, price: Price): number {
  const image = operation === 'image' ? (price.imageNanoUsd ?? 0) : 0
  return image + (estimateNanoUsd(input, output, price) ?? 0)
}
