import { chargesOf } from '../../src/core/limits/charges-of.ts'
import { openEstimates } from '../../src/core/limits/estimates.ts'
import { type Binding, type Limit, metrics } from '../../src/core/limits/limit.ts'
import { seededRandom } from '../../src/core/random.ts'
import { noUsage } from '../../src/core/reply.ts'
import { type Asked, requestOf } from './play.ts'
import { pricedTarget } from './priced-target.ts'

const rounds = 200_000

/** Microseconds, each the median of eleven runs. */
export interface EstimateCost {
  readonly estimate: number
  /** Of it, at a limit on each measure. */
  readonly charges: number
  /** From admission to what is learned. */
  readonly lesson: number
}

/** Of ten policies at ten models, with a reply learned from for every request. */
export function estimateCost(): EstimateCost {
  const random = seededRandom(1)
  const estimates = openEstimates()
  const requests = Array.from({ length: 1_000 }, () => {
    const inputTokens = Math.round(8_000 * random() ** 3) + 1
    const outputTokens = Math.round(900 * random() ** 2) + 1
    const maxOutputTokens = random() < 0.5 ? null : 1_024
    return anAsked({ inputTokens, outputTokens, maxOutputTokens })
  })
  const names = Array.from({ length: 10 }, (_, index) => `name ${index}`)
  const nameAt = (index: number) => names[index % 10] ?? ''
  const requestAt = (index: number) => requests[index % 1_000] ?? anAsked({})
  const asked = requests.map(requestOf)
  const lesson = (round: number) => {
    const { inputTokens, outputTokens } = requestAt(round)
    const request = asked[round % 1_000] ?? requestOf(anAsked({}))
    const begun = estimates.begun(nameAt(round), nameAt(round >> 4), request)
    estimates.ended(begun, { ...noUsage, inputTokens, outputTokens })
  }
  const estimateAt = (round: number) => {
    const request = asked[round % 1_000] ?? requestOf(anAsked({}))
    return estimates.estimate(nameAt(round), nameAt(round >> 4), request, pricedTarget)
  }
  const bindings = metrics.map((metric): Binding => ({ limit: aLimit(metric), subject: 'global' }))
  const one = estimateAt(0)
  const lessonUs = median(lesson)
  // What was learned is looked at anew only where something was added: so it is, all the time.
  const bothUs = median((round) => {
    lesson(round)
    estimateAt(round)
  })
  const charges = median(() => chargesOf(bindings, one))
  return { estimate: bothUs - lessonUs, charges, lesson: lessonUs }
}

function median(act: (round: number) => void): number {
  const times = Array.from({ length: 11 }, () => {
    const startedMs = performance.now()
    for (let round = 0; round < rounds; round++) act(round)
    return ((performance.now() - startedMs) * 1_000) / rounds
  })
  return times.toSorted((one, other) => one - other)[5] ?? Number.NaN
}

function anAsked(options: Partial<Asked>): Asked {
  const asked = { atMs: 0, inputTokens: 100, outputTokens: 100, maxOutputTokens: null, ...options }
  return { ...asked, inputTokensEstimate: asked.inputTokens }
}

function aLimit(metric: Limit['metric']): Limit {
  return {
    id: `global ${metric}/minute`,
    dimensions: ['global'],
    only: {},
    metric,
    per: 'minute',
    window: { kind: 'sliding', lengthMs: 60_000 },
    amount: 1_000_000_000,
    burst: 0,
    strict: false,
    expiresAtMs: null,
  }
}
