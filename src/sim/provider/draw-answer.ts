import { type Failure, type FailureClass, failure } from '../../core/failure.ts'
import { normal } from '../dice.ts'
import type { Behaviour } from '../scenario/scenario.ts'
import type { Answer } from './answer.ts'
import { conditionsAt } from './conditions.ts'
import { lognormal } from './lognormal.ts'

/** Errors come after about one round trip; no connection is found out as fast. */
const errorAfterMs = 50

/** What the target does with a prompt of `inputTokens` at `nowMs`, milliseconds since the first request. */
export function drawAnswer(
  { source, regimes, capacity }: Behaviour,
  inputTokens: number,
  nowMs: number,
  random: () => number,
): Answer {
  const { factor, failing, retryAfterMs } = conditionsAt(regimes, nowMs, random)
  switch (failing) {
    case 'silent':
      return { kind: 'silence' }
    case 'unreachable':
      return failed(failure('unreachable', 'The simulated provider is down.'))
    case 'error':
      return failed(refusal(503, null))
    case 'rate-limited':
      return failed(refusal(429, retryAfterMs))
    case null:
      break
  }
  if (source.kind === 'measurements') {
    const call = source.calls[Math.floor(random() * source.calls.length)]
    if (call === undefined) return { kind: 'silence' }
    return call.kind === 'error'
      ? failed(refusal(call.status, capacity.retryAfterMs), call.afterMs)
      : slowed(call.firstTokenMs, call.msPerToken, factor)
  }
  if (random() < source.errorRate) {
    return failed(refusal(source.errorStatus, capacity.retryAfterMs))
  }
  const promptMs = (source.msPerThousandInput * inputTokens) / 1_000
  const firstTokenMs = lognormal(source.firstTokenMs, normal(random)) + promptMs
  return slowed(firstTokenMs, lognormal(source.msPerToken, normal(random)), factor)
}

function slowed(firstTokenMs: number, msPerToken: number, factor: number): Answer {
  return {
    kind: 'reply',
    firstTokenMs: firstTokenMs * factor,
    msPerToken: msPerToken * factor,
  }
}

function failed(problem: Failure, afterMs: number = errorAfterMs): Answer {
  return { kind: 'failure', afterMs, failure: problem }
}

/** An answer with an error status, as the gateway classifies it where the body says nothing more. */
export function refusal(status: number, retryAfterMs: number | null): Failure {
  const message = `The simulated provider answered ${status}.`
  return failure(classOf(status), message, { upstreamStatus: status, retryAfterMs })
}

function classOf(status: number): FailureClass {
  if (status === 429) return 'provider_rate_limited'
  if (status === 503 || status === 529) return 'overloaded'
  if (status === 401 || status === 403) return 'provider_auth'
  if (status === 404) return 'model_not_found'
  if (status === 408) return 'timeout'
  return status >= 500 ? 'server_error' : 'invalid_request'
}
