import type { Needs } from '../needs.ts'
import type { Request } from '../request.ts'
import type { Occasion } from './occasion.ts'
import { matchesPattern } from './policy-allows.ts'
import type { Conditions, TokenRange } from './rule.ts'
import { isWithin } from './time-window.ts'

/** Whether a rule's conditions on the request hold. Its ceilings are about targets: see `applyRules`. */
export function ruleMatches(when: Conditions, request: Request, occasion: Occasion): boolean {
  return (
    isAmong(when.models, request.model) &&
    isAmong(when.clients, occasion.client.name) &&
    isAmong(when.users, request.user) &&
    isAmong(when.regions, occasion.region) &&
    isInRange(when.maxTokens, request.maxOutputTokens) &&
    isInRange(when.contextTokens, request.inputTokensEstimate) &&
    when.metadata.every(({ name, values }) => isAmong(values, request.metadata[name])) &&
    (when.time === null || isWithin(when.time, occasion.wallMs)) &&
    // Last, because needs are read from the body only when somebody asks.
    (when.needs.length === 0 || needsMatch(when.needs, request.needs()))
  )
}

function needsMatch(wanted: Conditions['needs'], needs: Needs): boolean {
  return wanted.every(({ need, is }) => {
    const needed = need === 'json' ? needs.jsonMode || needs.jsonSchema : needs[need]
    return needed === is
  })
}

function isAmong(patterns: readonly string[] | null, value: string | null | undefined): boolean {
  if (patterns === null) return true
  if (value === null || value === undefined) return false
  return patterns.some((pattern) => matchesPattern(pattern, value))
}

function isInRange(range: TokenRange | null, tokens: number | null): boolean {
  if (range === null) return true
  return tokens !== null && tokens >= range.atLeast && tokens <= range.atMost
}
