import { type Failure, type FailureClass, failure } from '../failure.ts'
import type { Denial, Limit, Metric } from './limit.ts'
import { figure, limitWords, quantity, readable, subjectWords, waitWords } from './limit-words.ts'

/**
 * What a client is told that a limit turned away: which limit, what was needed, what is left, and when
 * again. Of the limits of targets only when again: their figures are those of an account, which is no
 * business of its clients. Without a wait where a limit never holds as much as is needed.
 */
export function denialFailure(denial: Denial): Failure {
  const { limit, retryAfterMs } = denial
  if (bindsTargets(limit)) {
    const message =
      retryAfterMs === null
        ? 'This request needs more than the limits of any target it may go to ever allow at once.'
        : `Every target this request may go to is at a limit; try again in ${waitWords(retryAfterMs)}.`
    return failure('rate_limited', message, { retryAfterMs })
  }
  const message = retryAfterMs === null ? tooMuch(denial) : usedUp(denial, retryAfterMs)
  return failure(refusalClass(limit), message, { retryAfterMs })
}

/** The same for one attempt of several: another target may have room. */
export function attemptFailure(denial: Denial): Failure {
  const { limit, retryAfterMs } = denial
  if (!bindsTargets(limit)) return { ...denialFailure(denial), retry: 'other' }
  const message =
    retryAfterMs === null
      ? 'This request needs more than a limit of the target ever allows at once.'
      : `The target is at a limit; try again in ${waitWords(retryAfterMs)}.`
  return failure('rate_limited', message, { retryAfterMs, retry: 'other' })
}

/** Why a target is left out of a plan: `its limit of 500 requests per minute is used up for 12 s more` */
export function denialReason(denial: Denial): string {
  const { limit, needed, retryAfterMs } = denial
  const { metric, dimensions } = limit
  const own = dimensions.length === 1 && bindsTargets(limit)
  const which = own ? `its ${noun(metric)} of ${limitWords(limit)}` : named(denial)
  if (retryAfterMs === null) {
    return `needs ${quantity(metric, readable(metric, needed, 'up'))}, more than ${which} ever allows`
  }
  const more = metric === 'concurrent' ? '' : ` for ${waitWords(retryAfterMs)} more`
  return `${which} ${shortage(denial)}${more}`
}

/** How soon a state that has come back is noticed. */
const stateAwayMs = 5_000

/**
 * A strict limit cannot be kept, because what counts it is out of reach. 503: the request may be within
 * its limit, so that neither a 429 nor letting it pass would be the truth.
 */
export function outOfReachFailure(limit: Limit): Failure {
  const which = bindsTargets(limit)
    ? 'A limit'
    : `The ${noun(limit.metric)} of ${limitWords(limit)}`
  const message = `${which} is strict, and what counts it is out of reach`
  return failure('no_target_available', `${message}: try again in ${waitWords(stateAwayMs)}.`, {
    retryAfterMs: stateAwayMs,
    retry: bindsTargets(limit) ? 'other' : 'never',
  })
}

/** Whether a limit is on a provider or target, alone or with others. */
export function bindsTargets({ dimensions }: Limit): boolean {
  return dimensions.includes('provider') || dimensions.includes('target')
}

/** Money that is used up somebody has to grant; below any other limit it helps to slow down. */
function refusalClass({ metric }: Limit): FailureClass {
  return metric === 'cost' ? 'budget_exceeded' : 'rate_limited'
}

function usedUp(denial: Denial, retryAfterMs: number): string {
  const { limit } = denial
  const { metric } = limit
  const needed = figure(metric, readable(metric, denial.needed, 'up'))
  const left = figure(metric, readable(metric, Math.max(0, denial.remaining), 'down'))
  const what = `${capital(named(denial))} ${shortage(denial)}`
  return `${what}: ${needed} needed, ${left} left; ${again(limit, retryAfterMs)}.`
}

function tooMuch(denial: Denial): string {
  const { metric } = denial.limit
  const needed = quantity(metric, readable(metric, denial.needed, 'up'))
  return `This request needs ${needed}, more than ${named(denial)} ever allows at once: ${remedies[metric]}.`
}

const remedies: Readonly<Record<Metric, string>> = {
  requests: 'have the limit raised',
  concurrent: 'have the limit raised',
  inputTokens: 'shorten it',
  outputTokens: 'ask for fewer output tokens',
  tokens: 'shorten it, or ask for fewer output tokens',
  cost: 'make it smaller, or ask for a cheaper model',
}

/** `the limit of 100 requests per minute for user alice` */
function named({ limit, subject }: Denial): string {
  const whose = subjectWords(limit.dimensions, subject)
  return `the ${noun(limit.metric)} of ${limitWords(limit)} for ${whose}`
}

function noun(metric: Metric): string {
  return metric === 'cost' ? 'budget' : 'limit'
}

function again({ metric }: Limit, retryAfterMs: number): string {
  if (metric === 'concurrent') return 'try again when one has ended'
  return `try again in ${waitWords(retryAfterMs)}`
}

function shortage({ limit: { metric }, remaining }: Denial): string {
  return readable(metric, remaining, 'down') <= 0 ? 'is used up' : 'has too little left'
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
