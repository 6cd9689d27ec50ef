import type { Request } from '../core/request.ts'
import type { Story } from './account.ts'
import type { Attempt } from './attempt.ts'
import { headersToClient, headerValue } from './headers.ts'

/** What is known of the decision when the headers go out. */
export interface Decision {
  readonly attempt: Attempt | null
  readonly attempts: number
  /** null while it is not known: a stream has not ended when its headers go out. */
  readonly costNanoUsd: number | null
  readonly overheadMs: number
}

/** Adds the decision, as every reply has it: who served it, why, after how many attempts, at what cost. */
export function addDecision(
  headers: string[],
  story: Pick<Story, 'id' | 'plan' | 'policy'>,
  decision: Decision,
): void {
  const { plan, policy } = story
  const { attempt, costNanoUsd } = decision
  headers.push('x-waybill-id', story.id)
  if (attempt !== null) {
    headers.push('x-waybill-target', headerValue(attempt.candidate.target.name))
    if (attempt.dropped.length > 0) {
      headers.push('x-waybill-warning', headerValue(attempt.dropped.join(' | ')))
    }
  }
  if (plan !== null) {
    headers.push('x-waybill-model', headerValue(plan.model))
    headers.push('x-waybill-strategy', plan.strategy)
    headers.push('x-waybill-reason', headerValue(plan.reason))
  }
  headers.push('x-waybill-attempts', String(decision.attempts))
  if (policy !== null) headers.push('x-waybill-policy', headerValue(policy))
  if (costNanoUsd !== null) headers.push('x-waybill-cost-usd', usd(costNanoUsd))
  headers.push('x-waybill-overhead-ms', decision.overheadMs.toFixed(3))
}

/** Headers of the answering attempt: the provider's where its bytes pass through, else our own. */
export function contentHeaders(attempt: Attempt, request: Request): string[] {
  const streaming = request.streaming !== null
  if (!attempt.passesThrough) {
    const sse = request.streaming === 'sse'
    const type = sse ? 'text/event-stream; charset=utf-8' : 'application/json'
    return streaming ? ['content-type', type, 'cache-control', 'no-cache'] : ['content-type', type]
  }
  return headersToClient(attempt.headers)
}

/** Nano-dollars as a decimal in dollars, exact and without an exponent. */
export function usd(nanoUsd: number): string {
  const nano = Math.round(nanoUsd)
  const rest = nano % 1e9
  const whole = (nano - rest) / 1e9
  if (rest === 0) return String(whole)
  const digits = String(rest)
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 0x30) end--
  return `${whole}.${zeros.slice(digits.length)}${digits.slice(0, end)}`
}

const zeros = '000000000'
