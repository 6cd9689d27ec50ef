import type { Target } from '../catalog.ts'
import type { Request } from '../request.ts'
import type { Occasion } from './occasion.ts'
import type { RankedCandidate } from './plan.ts'
import { policyAllows } from './policy-allows.ts'
import { preferFromList } from './prefer-list.ts'
import { preferByOrder } from './prefer-order.ts'
import type { Conditions, Rule } from './rule.ts'
import { ruleMatches } from './rule-matches.ts'

/** What a rule makes of the candidates. */
export interface Applied {
  readonly rule: Rule
  /** The preferred ones, then the rest as they stood. */
  readonly order: readonly RankedCandidate[]
  /** How many of them the rule prefers; at least one. */
  readonly preferred: number
  /** `rule vision: openai/gpt-5, drawn by weight 60 of 100`. */
  readonly reason: string
}

/** The candidates a rule prefers, best first, and why the first is first. */
export interface Preferred {
  readonly candidates: readonly RankedCandidate[]
  readonly why: string
}

/** One request as rules see it. */
export interface RuleCase {
  readonly request: Request
  readonly occasion: Occasion
  /** Of the request: preferences with weights are drawn by it. */
  readonly seed: number
  /** As the strategy has put them in order, before those that are unavailable are moved back. */
  readonly ranked: readonly RankedCandidate[]
  /**
   * The candidate for a target that is none yet, null where it cannot serve the request. Only asked for
   * targets a rule names and the client's policy allows.
   */
  readonly bring: (target: Target) => RankedCandidate | null
}

/**
 * The first rule, in the order written, that matches and has something to prefer among what is possible;
 * null when none does. A rule whose preferred targets are all excluded, not allowed or over its ceilings
 * is passed over, so that the next one gets its turn.
 */
export function applyRules(rules: readonly Rule[], given: RuleCase): Applied | null {
  const { request, occasion } = given
  if (occasion.rule !== null) {
    const applied = applyRule(occasion.rule, given)
    if (applied !== null) return applied
  }
  for (const rule of rules) {
    if (!ruleMatches(rule.when, request, occasion)) continue
    const applied = applyRule(rule, given)
    if (applied !== null) return applied
  }
  return null
}

function applyRule(rule: Rule, given: RuleCase): Applied | null {
  const { candidates, why } = preferredBy(rule, given)
  if (candidates.length === 0) return null
  const chosen = new Set(candidates)
  const rest = given.ranked.filter((candidate) => !chosen.has(candidate))
  return {
    rule,
    order: [...candidates, ...rest],
    preferred: candidates.length,
    reason: `rule ${rule.name}: ${why}`,
  }
}

function preferredBy({ prefer, when }: Rule, given: RuleCase): Preferred {
  const possible = {
    ...given,
    ranked: withinCeilings(when, given),
    bring: (target: Target) => bringAllowed(target, when, given),
  }
  switch (prefer.by) {
    case 'list':
      return preferFromList(prefer, possible)
    case 'order':
      return preferByOrder(prefer.order, possible)
    case 'ceilings':
      return { candidates: possible.ranked, why: 'first within its ceilings' }
  }
}

/** A rule may go beyond the alias, never beyond the policy. */
function bringAllowed(target: Target, when: Conditions, given: RuleCase): RankedCandidate | null {
  // One that is a candidate already, and was not found, is over the ceilings.
  if (given.ranked.some((one) => one.target.name === target.name)) return null
  const { policy } = given.occasion.client
  if (!policyAllows(policy, [target.name, target.model])) return null
  const candidate = given.bring(target)
  return candidate === null || exceeds(candidate, when, given.request) ? null : candidate
}

function withinCeilings(when: Conditions, { ranked, request }: RuleCase) {
  if (when.maxCostNanoUsd === null && when.maxLatencyMs === null) return ranked
  return ranked.filter((candidate) => !exceeds(candidate, when, request))
}

/**
 * An unknown cost may be any, so it is above every ceiling. An unknown latency is below: a target that
 * is never used is never measured.
 */
function exceeds({ outlook }: RankedCandidate, when: Conditions, request: Request): boolean {
  const { maxCostNanoUsd, maxLatencyMs } = when
  if (maxCostNanoUsd !== null && (outlook.costNanoUsd ?? Infinity) > maxCostNanoUsd) return true
  const latencyMs = request.streaming === null ? outlook.totalMs : outlook.firstTokenMs
  return maxLatencyMs !== null && latencyMs !== null && latencyMs > maxLatencyMs
}
