import type { Policy, Target } from '../../../../src/core/catalog.ts'
import { type Capabilities, type Needs, unknownCapabilities } from '../../../../src/core/needs.ts'
import type { RuleCase } from '../../../../src/core/plan/apply-rules.ts'
import type { Occasion } from '../../../../src/core/plan/occasion.ts'
import type { Outlook } from '../../../../src/core/plan/outlook.ts'
import type { RankedCandidate } from '../../../../src/core/plan/plan.ts'
import { type Conditions, noConditions, type Rule } from '../../../../src/core/plan/rule.ts'
import type { Request } from '../../../../src/core/request.ts'
import { aCandidate, anOccasion, anOutlook, aProvider, aRequest, noNeeds } from '../plans.ts'

export function asking(options: Partial<Request> = {}, needs: Partial<Needs> = {}): Request {
  return aRequest({ needs: () => ({ ...noNeeds, ...needs }), ...options })
}

export function target(
  name: string,
  options: Partial<Target> & { region?: string; can?: Partial<Capabilities> } = {},
): Target {
  const { region = null, can = {}, ...rest } = options
  const [id = '', model = ''] = name.split('/')
  return {
    name,
    provider: aProvider(id, { region }),
    model,
    price: null,
    capabilities: { ...unknownCapabilities, ...can },
    ...rest,
  }
}

export function candidate(of: string | Target, outlook: Partial<Outlook> = {}): RankedCandidate {
  const own = typeof of === 'string' ? target(of) : of
  return {
    ...aCandidate(own.name),
    target: own,
    outlook: anOutlook(outlook),
    score: null,
    scores: {},
  }
}

export function occasionOf(options: Partial<Occasion> & { policy?: Policy } = {}): Occasion {
  const { policy = { name: 'default', allow: ['*'] }, ...rest } = options
  return { ...anOccasion, client: { name: 'web', policy }, ...rest }
}

export function ruleCase(
  ranked: readonly RankedCandidate[],
  options: Partial<RuleCase> = {},
): RuleCase {
  return {
    request: asking(),
    occasion: occasionOf(),
    seed: 1,
    ranked,
    bring: () => null,
    ...options,
  }
}

export function aRule(name: string, when: Partial<Conditions>, prefer: Rule['prefer']): Rule {
  return { name, when: { ...noConditions, ...when }, prefer }
}

/** Targets in written order, or with weights. */
export function listed(...entries: readonly (string | [name: string, weight: number])[]) {
  const list = entries.map((entry) => {
    const [pattern, weight] = typeof entry === 'string' ? [entry, 1] : entry
    return { pattern, weight, target: pattern.includes('*') ? null : target(pattern) }
  })
  const drawn = entries.some((entry) => typeof entry !== 'string')
  return { by: 'list' as const, list, drawn }
}

export const namesOf = (order: readonly RankedCandidate[] | undefined): string[] =>
  (order ?? []).map((one) => one.target.name)
