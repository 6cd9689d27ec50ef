import type { Limit } from '../../src/core/limits/limit.ts'
import { seededRandom } from '../../src/core/random.ts'
import { normal } from '../../src/sim/dice.ts'
import { type Asked, play } from './play.ts'
import { pricedTarget } from './priced-target.ts'

/** A line of a trace. */
export interface Traced {
  readonly atMs: number
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface TokensCase {
  readonly tokensPerMinute: number
  /** Times the limit. */
  readonly demand: number
  /** What comes within so many milliseconds comes at once; 0: as it is. */
  readonly burstMs: number
  /** Of the estimate from bytes: one in three is off by more than this share. */
  readonly inputError: number
  /**
   * `obedient`: whoever is refused asks again when told to; `eager`: after 5 s if that is sooner; both
   * for two minutes. `none`: never.
   */
  readonly retries: 'none' | 'obedient' | 'eager'
}

export interface TokensResult {
  /** The fullest minute, by when requests were admitted, as a share of the limit. */
  readonly fullestMinute: number
  /** Share of the minutes that held more than 101 % of it. */
  readonly overfull: number
  /** Of the limit, from the second minute to the last request. */
  readonly used: number
  readonly refusedFalsely: number
}

const minuteMs = 60_000

/** A trace of requests at a limit on tokens per minute. */
export async function playTokens(
  trace: readonly Traced[],
  one: TokensCase,
  seed: number,
): Promise<TokensResult> {
  const random = seededRandom(seed)
  const { tokensPerMinute, demand, burstMs, inputError, retries } = one
  const asked = atDemand(trace, demand * tokensPerMinute).map((request): Asked => {
    const off = inputError === 0 ? 1 : 0.85 * Math.exp(inputError * normal(random))
    return {
      ...request,
      atMs: burstMs === 0 ? request.atMs : Math.floor(request.atMs / burstMs) * burstMs,
      inputTokensEstimate: Math.max(1, Math.round(request.inputTokens * off)),
      maxOutputTokens: null,
    }
  })
  const soonestMs = retries === 'eager' ? 5_000 : minuteMs
  const { taken, refusedFalsely } = await play({
    limit: limitOf(tokensPerMinute),
    target: pricedTarget,
    before: [],
    asked,
    retryMs: (afterMs) =>
      retries === 'none' ? null : Math.min(Math.max(afterMs, 50), soonestMs) + 500 * random(),
    patienceMs: 2 * minuteMs,
  })
  const endMs = asked.at(-1)?.atMs ?? 0
  let used = 0
  for (const { atMs, amount } of taken) if (atMs >= minuteMs && atMs < endMs) used += amount
  return {
    ...minutesOf(taken, tokensPerMinute),
    used: used / ((tokensPerMinute * (endMs - minuteMs)) / minuteMs),
    refusedFalsely,
  }
}

/** Each minute of a trace made as long as it has to be for this many tokens to come in a minute. */
function atDemand(trace: readonly Traced[], tokensPerMinute: number): Traced[] {
  const played: Traced[] = []
  let [next, startMs] = [0, 0]
  for (let minute = 0; next < trace.length; minute++) {
    const part: Traced[] = []
    let tokens = 0
    for (let one = trace[next]; one !== undefined; one = trace[++next]) {
      if (one.atMs >= (minute + 1) * minuteMs) break
      part.push(one)
      tokens += one.inputTokens + one.outputTokens
    }
    const stretch = tokens / tokensPerMinute
    for (const one of part) {
      played.push({ ...one, atMs: startMs + (one.atMs - minute * minuteMs) * stretch })
    }
    startMs += stretch * minuteMs
  }
  return played
}

function minutesOf(taken: readonly { atMs: number; amount: number }[], limit: number) {
  let [sum, first, fullest, overfull] = [0, 0, 0, 0]
  for (const { atMs, amount } of taken) {
    sum += amount
    for (let old = taken[first]; old !== undefined; old = taken[++first]) {
      if (old.atMs > atMs - minuteMs) break
      sum -= old.amount
    }
    fullest = Math.max(fullest, sum)
    if (sum > 1.01 * limit) overfull++
  }
  return { fullestMinute: fullest / limit, overfull: overfull / taken.length }
}

function limitOf(amount: number): Limit {
  return {
    id: 'global tokens/minute',
    dimensions: ['global'],
    only: {},
    metric: 'tokens',
    per: 'minute',
    window: { kind: 'sliding', lengthMs: minuteMs },
    amount,
    burst: 0,
    strict: true,
    expiresAtMs: null,
  }
}
