import type { StrategyName, Target } from '../catalog.ts'
import type { Vitals } from '../health/vitals.ts'
import { leastCachedTokens, type Warmth } from '../health/warmth.ts'
import type { Request } from '../request.ts'
import type { Outlook } from './outlook.ts'
import type { Candidate } from './plan.ts'
import type { Ranked } from './strategy.ts'

/** A candidate where the prompt of the conversation is warm. */
export interface WarmCandidate {
  readonly candidate: Candidate
  /** Tokens of the prompt that are expected to come from its cache. */
  readonly cachedTokens: number
}

/** Cached share of a warm prompt at a model known to have a prompt cache, until it has been seen. */
const usualShare = 0.5
/** Scores that lie this near to the best, relative to it, are given up for a warm cache. */
const nearlyBest = 0.05

/**
 * The candidate where the conversation is warm, null where there is none. The conversation is only
 * asked for when it can matter, because telling it reads the body.
 */
export function warmCandidate(
  request: Request,
  strategy: StrategyName,
  candidates: readonly Candidate[],
  warmth: Warmth | null,
  nowMs: number,
): WarmCandidate | null {
  // The order of failover is what its user wants, whatever a cache would save.
  if (warmth === null || strategy === 'failover' || candidates.length < 2) return null
  if (request.inputTokensEstimate < leastCachedTokens) return null
  const conversation = request.conversationKey()
  const warm = conversation === null ? null : warmth.of(conversation, nowMs)
  if (warm === null) return null
  const candidate = candidates.find(({ target }) => target.name === warm.target)
  if (candidate === undefined) return null
  const known = candidate.target.capabilities.promptCache === true ? usualShare : 0
  const share = warmth.cachedShare(warm.target) ?? known
  const cachedTokens = Math.floor(Math.min(warm.tokens, request.inputTokensEstimate) * share)
  return cachedTokens === 0 ? null : { candidate, cachedTokens }
}

/**
 * What the request can expect where its prompt is warm: cached tokens at their price, and the first
 * token as soon as with a prompt of the rest. Strategies that measure compare this with the others, so
 * the cost of staying is weighed in their own terms. The outlook itself where nothing is saved.
 */
export function warmOutlook(
  outlook: Outlook,
  target: Target,
  vitals: Vitals,
  request: Request,
  cachedTokens: number,
  nowMs: number,
): Outlook {
  const { firstTokenMs, totalMs, costNanoUsd } = outlook
  const rest = request.inputTokensEstimate - cachedTokens
  const restMs = firstTokenMs === null ? null : vitals.firstTokenMs(rest, nowMs)
  const savedMs = Math.max(0, (firstTokenMs ?? 0) - (restMs ?? firstTokenMs ?? 0))
  const savedNanoUsd =
    cachedTokens *
    Math.max(0, (target.price?.inputNanoUsd ?? 0) - (target.price?.cachedInputNanoUsd ?? 0))
  if (savedMs === 0 && savedNanoUsd === 0) return outlook
  return {
    ...outlook,
    firstTokenMs: firstTokenMs === null ? null : firstTokenMs - savedMs,
    totalMs: totalMs === null ? null : Math.max(0, totalMs - savedMs),
    costNanoUsd: costNanoUsd === null ? null : Math.max(0, Math.ceil(costNanoUsd - savedNanoUsd)),
  }
}

/** Whether staying where the prompt is warm costs less, in the terms of the strategy, than it saves. */
export function isWorthStaying(
  strategy: StrategyName,
  warm: Ranked,
  first: Ranked,
  cachedTokens: number,
): boolean {
  switch (strategy) {
    case 'failover':
      return false
    // Conversations are spread over the targets as they begin; their turns need not be.
    case 'round-robin':
    case 'random':
      return true
    case 'least-busy': {
      const spared = warm.candidate.outlook.outstandingTokens - cachedTokens
      return (
        spared / warm.candidate.weight <=
        first.candidate.outlook.outstandingTokens / first.candidate.weight
      )
    }
    case 'capability':
      return warm.score === first.score && warm.candidate.weight >= first.candidate.weight
    // Their scores know what the cache saves; what is nearly the best costs nothing to stay at.
    case 'latency':
    case 'throughput':
    case 'cost':
    case 'weighted':
    case 'adaptive': {
      if (warm.score === null) return false
      const best = first.score ?? warm.score
      return warm.score >= best - Math.abs(best) * nearlyBest
    }
  }
}
