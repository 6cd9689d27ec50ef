import type { Catalog, ModelFacts } from '../core/catalog.ts'
import { refuseSharedAddress } from './compile/admin.ts'
import { compileAliases } from './compile/aliases.ts'
import { warnOfIdlePatterns } from './compile/allow-warnings.ts'
import { compileClients, compilePolicies } from './compile/clients.ts'
import { frozenMap } from './compile/frozen-map.ts'
import { compileHealth } from './compile/health.ts'
import { compileLimits, limitQueueFrom } from './compile/limits.ts'
import { compileProviders } from './compile/providers.ts'
import { compileRegions } from './compile/regions.ts'
import { compileRootRules } from './compile/rules.ts'
import { openTargetBook } from './compile/targets.ts'
import { formatListen, isLoopback } from './listen.ts'
import { collectFindings, type Findings, type Locate, type Problem } from './problem.ts'
import type { Settings } from './settings.ts'

export type Compiled =
  | { readonly ok: true; readonly catalog: Catalog; readonly warnings: readonly Problem[] }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
    }

export interface CompileContext {
  readonly facts: ModelFacts
  /** Of the catalog to be made, from 1. */
  readonly generation: number
  /** The file the settings come from, null when they come from the environment. */
  readonly file: string | null
  readonly locate: Locate
}

/** Settings → the catalog requests are served from, or everything that keeps it from being one. */
export function compile(settings: Settings, context: CompileContext): Compiled {
  const { facts, generation, file, locate } = context
  const findings = collectFindings(file, locate)
  const providers = compileProviders(settings, findings)
  const book = openTargetBook(settings, providers, facts, findings)
  const aliases = compileAliases(settings, book, findings)
  const rules = compileRootRules(settings, book, findings)
  const policies = compilePolicies(settings, rules, { aliases, book, findings })
  const { clients, byKeyHash } = compileClients(settings, policies, findings)
  const regions = compileRegions(settings, findings)
  const health = compileHealth(settings, providers, findings)
  const limits = compileLimits(settings, findings)
  refuseOpenDoor(settings, findings)
  refuseSharedAddress(settings, findings)
  const queue = settings.limits?.queue
  const { problems } = findings
  if (problems.length > 0) return { ok: false, problems, warnings: findings.warnings }
  warnOfIdlePatterns(settings, { providers, aliases, targets: book.targets, facts }, findings)
  const catalog: Catalog = Object.freeze({
    generation,
    providers: frozenMap(providers),
    targets: frozenMap(book.targets),
    aliases: frozenMap(aliases),
    policies: frozenMap(policies),
    clients: frozenMap(clients),
    clientsByKeyHash: frozenMap(byKeyHash),
    facts,
    health,
    namedRules: frozenMap(rules.named),
    ...(regions === null ? {} : { regions }),
    retryBudget: Object.freeze(settings.retryBudget),
    limits: Object.freeze(limits),
    ...(queue === undefined ? {} : { limitQueue: limitQueueFrom(queue) }),
    rateLimitHeaders: Object.freeze(settings.server.rateLimitHeaders),
    trustedProxies: Object.freeze(settings.server.trustedProxies),
  })
  return { ok: true, catalog, warnings: findings.warnings }
}

/**
 * Whoever reaches the port may spend the provider keys; beyond this machine that takes a client
 * key.
 */
function refuseOpenDoor(settings: Settings, findings: Findings): void {
  const { listen } = settings.server
  if (isLoopback(listen.host) || Object.keys(settings.clients).length > 0) return
  const open = `${formatListen(listen)} can be reached from other machines, and no client has a key`
  const remedy = `add clients, or listen on 127.0.0.1:${listen.port}`
  findings.problem(['server', 'listen'], `${open}; ${remedy}`)
}
