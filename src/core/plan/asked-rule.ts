import type { Catalog } from '../catalog.ts'
import { failed, failure, type Outcome, ok } from '../failure.ts'
import { didYouMean, nearNames } from '../near-names.ts'
import type { Rule } from './rule.ts'

/** Header by which a request asks for a rule by name: `budget`, `quality`, `vision`, `fast`, … */
export const ruleHeader = 'x-waybill-rule'

/** The rule a request names in its header; null when it names none. */
export function askedRule(name: string | undefined, catalog: Catalog): Outcome<Rule | null> {
  if (name === undefined) return ok(null)
  const rule = catalog.namedRules?.get(name)
  if (rule !== undefined) return ok(rule)
  const names = [...(catalog.namedRules?.keys() ?? [])]
  const choice = didYouMean(nearNames(name, names)) || ` Use one of ${names.join(', ')}.`
  return failed(failure('invalid_request', `${ruleHeader} names no rule.${choice}`))
}
