import type { Client, Policy } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { type AutoContext, compileAuto } from './auto.ts'
import { limitQueueFrom } from './limits.ts'
import { type CompiledRules, compileRuleList } from './rules.ts'
import { strategyChoice } from './strategy.ts'

export interface CompiledClients {
  readonly clients: Map<string, Client>
  /** By the SHA-256 of the key, lower-case hex. */
  readonly byKeyHash: Map<string, Client>
}

/** As configured, and `default`, which always exists. */
export function compilePolicies(
  settings: Settings,
  rules: CompiledRules,
  context: AutoContext,
): Map<string, Policy> {
  const policies = new Map<string, Policy>([
    ['default', { name: 'default', allow: ['*'], rules: rules.root }],
  ])
  for (const [name, policy] of Object.entries(settings.policies)) {
    const path = ['policies', name]
    const own = compileRuleList(policy.rules, [...path, 'rules'], rules.named, {
      settings,
      book: context.book,
      findings: context.findings,
    })
    const auto =
      policy.auto === undefined ? null : compileAuto(policy.auto, [...path, 'auto'], context)
    policies.set(name, {
      name,
      allow: policy.allow,
      ...(policy.strategy === undefined ? {} : { strategy: strategyChoice(policy.strategy) }),
      rules: [...own, ...rules.root],
      ...(auto === null ? {} : { auto }),
      ...(policy.queue === undefined ? {} : { limitQueue: limitQueueFrom(policy.queue) }),
    })
  }
  return policies
}

export function compileClients(
  settings: Settings,
  policies: ReadonlyMap<string, Policy>,
  findings: Findings,
): CompiledClients {
  const clients = new Map<string, Client>()
  const byKeyHash = new Map<string, Client>()
  for (const [name, { policy: policyName, key }] of Object.entries(settings.clients)) {
    const policy = policies.get(policyName)
    if (policy === undefined) {
      const near = didYouMean(nearNames(policyName, policies.keys()))
      findings.problem(['clients', name, 'policy'], `"${policyName}" is no policy.${near}`)
      continue
    }
    const client = { name, policy }
    clients.set(name, client)
    const hash = key.slice('sha256:'.length).toLowerCase()
    const other = byKeyHash.get(hash)
    if (other !== undefined) {
      const message = `is the key of client "${other.name}" too; every client needs its own`
      findings.problem(['clients', name, 'key'], message)
    }
    byKeyHash.set(hash, client)
  }
  return { clients, byKeyHash }
}
