import { estimateNanoUsd } from '../account/price.ts'
import type { Target } from '../catalog.ts'
import type { BreakerState, Vitals } from '../health/vitals.ts'
import type { Request } from '../request.ts'

/** What one request can expect of one target. Durations are milliseconds; null is unknown. */
export interface Outlook {
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
  /** Output tokens per second. */
  readonly tokensPerSecond: number | null
  /** Of the whole request, with the output tokens its history makes likely. */
  readonly costNanoUsd: number | null
  readonly outputTokens: number
  /** 0 to 1. */
  readonly successRate: number
  readonly samples: number
  /** Standard deviation of the latency over its mean. */
  readonly latencySpread: number | null
  readonly outstandingTokens: number
  readonly inFlight: number
  readonly breaker: BreakerState
}

/** Tokens a reply has before any was seen: the median conversation writes 130, the mean 210. */
const usualOutputTokens = 200

/** What this request can expect of a target, from its vitals and its price. */
export function outlookOf(
  vitals: Vitals,
  target: Target,
  request: Request,
  nowMs: number,
  usualOutput: number | null = null,
): Outlook {
  const inputTokens = request.inputTokensEstimate
  const outputTokens = expectedOutput(vitals, target, request, nowMs, usualOutput)
  const msPerToken = vitals.msPerOutputToken(nowMs)
  const firstTokenMs = vitals.firstTokenMs(inputTokens, nowMs)
  return {
    firstTokenMs,
    totalMs: firstTokenMs === null ? null : firstTokenMs + outputTokens * (msPerToken ?? 0),
    tokensPerSecond: msPerToken === null ? null : 1_000 / Math.max(msPerToken, 0.001),
    costNanoUsd: estimateNanoUsd(inputTokens, outputTokens, target.price),
    outputTokens,
    successRate: vitals.successRate(nowMs),
    samples: vitals.samples(nowMs),
    latencySpread: vitals.latencySpread(nowMs),
    outstandingTokens: vitals.outstandingTokens,
    inFlight: vitals.inFlight,
    breaker: vitals.breaker(nowMs),
  }
}

/** Replies before a target's own length counts as much as that of all targets of the alias. */
const replies = 100

/**
 * What the target usually writes, never more than the client or the model allows. Lengths vary far more
 * between requests than between targets: the mean of a dozen would make one target look twice as dear.
 */
function expectedOutput(
  vitals: Vitals,
  target: Target,
  request: Request,
  nowMs: number,
  usualOutput: number | null,
): number {
  const { operation } = request.endpoint
  if (operation !== 'chat' && operation !== 'completion') return 0
  const own = vitals.outputTokens(nowMs)
  const samples = own === null || usualOutput === null ? 0 : vitals.samples(nowMs)
  const common = usualOutput ?? own ?? usualOutputTokens
  const usual = Math.round((common * replies + (own ?? 0) * samples) / (replies + samples))
  const most = target.capabilities.maxOutputTokens ?? usual
  return Math.min(usual, most, request.maxOutputTokens ?? usual)
}
