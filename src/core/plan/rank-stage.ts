import type { StrategyChoice } from '../catalog.ts'
import type { Request } from '../request.ts'
import { isWorthStaying, warmCandidate, warmOutlook } from './affinity.ts'
import type { Contender, RankedCandidate } from './plan.ts'
import { strategies } from './strategies/index.ts'
import type { Ranked, Ranking } from './strategy.ts'
import type { Surroundings } from './surroundings.ts'

/** Candidates in the order they are to be tried, and why. */
export interface Decision {
  readonly order: readonly RankedCandidate[]
  /** Why the first is first. */
  readonly reason: string
  readonly confidence: number | null
}

/** Puts the candidates of one alias in order, in favour of where the conversation's prompt is warm. */
export function rankStage(
  candidates: readonly Contender[],
  alias: string,
  choice: StrategyChoice,
  request: Request,
  surroundings: Surroundings,
): Decision {
  const { turn, seed, nowMs, warmth, fleet } = surroundings
  const learner = choice.name === 'adaptive' ? surroundings.learnerOf(alias) : null
  const moment = { turn, seed, nowMs, request, choice, learner }
  const strategy = strategies[choice.name]
  const warm = warmCandidate(request, choice.name, candidates, warmth, nowMs)
  if (warm === null) return decided(strategy.rank(candidates, moment))
  const { candidate, cachedTokens } = warm
  const { target, outlook } = candidate
  const vitals = fleet.vitals(target)
  const better = warmOutlook(outlook, target, vitals, request, cachedTokens, nowMs)
  if (better === outlook) return decided(strategy.rank(candidates, moment))
  const given = candidates.map((one) => (one === candidate ? { ...one, outlook: better } : one))
  const { order, reason, confidence } = strategy.rank(given, moment)
  const at = order.findIndex((ranked) => ranked.candidate.target === target)
  const [first] = order
  const own = order[at]
  if (first === undefined || own === undefined || own === first) {
    return decided({ order, reason, confidence })
  }
  if (!isWorthStaying(choice.name, own, first, cachedTokens)) {
    return decided({ order, reason, confidence })
  }
  return decided({
    order: [own, ...order.slice(0, at), ...order.slice(at + 1)],
    reason: `stays where the prompt is cached: ${cachedTokens} tokens`,
    confidence,
  })
}

function decided({ order, reason, confidence }: Ranking<Contender>): Decision {
  return { order: order.map(judged), reason, confidence }
}

function judged({ candidate, score, scores }: Ranked<Contender>): RankedCandidate {
  candidate.score = score
  candidate.scores = scores
  return candidate
}
