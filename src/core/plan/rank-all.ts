import type { Alias, StrategyChoice, Target } from '../catalog.ts'
import type { Request } from '../request.ts'
import { applyRules } from './apply-rules.ts'
import { candidateFor, type Refused, termsOf } from './candidate-for.ts'
import type { Gathered, Stage } from './gather.ts'
import type { RankedCandidate } from './plan.ts'
import { type Decision, rankStage } from './rank-stage.ts'
import type { Surroundings } from './surroundings.ts'

/** Every alias by its own strategy, the one that was asked for by `choice`, one after the other. */
export function rankAll(
  stages: readonly Stage[],
  asked: Alias,
  choice: StrategyChoice,
  request: Request,
  surroundings: Surroundings,
): Decision {
  const order: RankedCandidate[] = []
  let reason = ''
  let confidence: number | null = null
  for (const { alias, candidates } of stages) {
    const own = alias === asked ? choice : alias.strategy
    const decision = rankStage(candidates, alias.name, own, request, surroundings)
    if (stages.length === 1 && alias === asked) return decision
    if (order.length === 0) {
      reason = alias === asked ? decision.reason : `fallback ${alias.name}: ${decision.reason}`
      confidence = decision.confidence
    }
    for (const candidate of decision.order) order.push(candidate)
  }
  return { order, reason, confidence }
}

/** What the first rule that applies prefers stands before what the strategies have put in order. */
export function byRules(
  decision: Decision,
  { excluded, panic }: Gathered,
  alias: Alias,
  request: Request,
  surroundings: Surroundings,
): Decision {
  const { occasion, seed } = surroundings
  const rules = occasion.client.policy.rules ?? []
  if (rules.length === 0 && occasion.rule === null) return decision
  const refused: Refused[] = []
  const gathering = { request, surroundings, panic, refused }
  const bring = (target: Target): RankedCandidate | null =>
    candidateFor(target, 1, termsOf(alias), gathering)
  const applied = applyRules(rules, { request, occasion, seed, ranked: decision.order, bring })
  for (const { target, because } of refused) {
    if (!excluded.some((known) => known.target === target)) excluded.push({ target, because })
  }
  if (applied === null) return decision
  return { order: applied.order, reason: applied.reason, confidence: null }
}

/** Targets that fail often or are just recovering stand behind all others, unless all do. */
export function strugglingLast(decision: Decision): Decision {
  const { order } = decision
  let struggling = 0
  for (const { goesLast } of order) if (goesLast != null) struggling++
  if (struggling === 0 || struggling === order.length) return decision
  const well = order.filter(({ goesLast }) => goesLast == null)
  const last = order.filter(({ goesLast }) => goesLast != null)
  const [first] = order
  const stepped = first !== undefined && first.goesLast != null
  return {
    order: [...well, ...last],
    reason: stepped
      ? `next in line: ${first.target.name} goes last, ${first.goesLast}`
      : decision.reason,
    confidence: stepped ? null : decision.confidence,
  }
}
