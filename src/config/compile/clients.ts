import type { Client, Policy } from '../../core/catalog.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'

export interface CompiledClients {
  readonly clients: Map<string, Client>
  /** By the SHA-256 of the key, lower-case hex. */
  readonly byKeyHash: Map<string, Client>
}

/** As configured, and `default`, which always exists. */
export function compilePolicies(settings: Settings): Map<string, Policy> {
  const policies = new Map<string, Policy>([['default', { name: 'default', allow: ['*'] }]])
  for (const [name, { allow }] of Object.entries(settings.policies)) {
    policies.set(name, { name, allow })
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
