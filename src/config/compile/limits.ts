import type { LimitQueue } from '../../core/catalog.ts'
import type { Limit, Scope } from '../../core/limits/limit.ts'
import { isLoopback } from '../listen.ts'
import type { Findings, Path } from '../problem.ts'
import { type LimitSettings, valueScopes } from '../schema/limits.ts'
import type { Settings } from '../settings.ts'
import { compileEntry, type LimitPlace } from './limit-entry.ts'

/** Every limit of a configuration, in the order of the scopes, those for one thing last. */
export function compileLimits(settings: Settings, findings: Findings): readonly Limit[] {
  const beyondLoopback = !isLoopback(settings.server.listen.host)
  const section = settings.limits ?? (beyondLoopback ? usual : {})
  if (beyondLoopback && section.queue !== undefined && Object.keys(section).length === 1) {
    const message = 'names no limits but a queue, and so turns those off that hold by default'
    findings.warning(['limits'], `${message}; name limits beside it`, 'key')
  }
  return [...rootLimits(section, findings), ...limitsOfThings(settings, findings)].map(frozen)
}

function rootLimits(section: LimitsSection, findings: Findings): readonly Limit[] {
  return (['global', ...valueScopes] as const).flatMap((scope) =>
    compileList(section[scope], { path: ['limits', scope], scope, value: null }, findings),
  )
}

function limitsOfThings(settings: Settings, findings: Findings): readonly Limit[] {
  const { providers, policies, clients, models } = settings
  const listed = (section: string, scope: Scope, things: Readonly<Record<string, Limited>>) =>
    Object.entries(things).flatMap(([value, { limits }]) =>
      compileList(limits, { path: [section, value, 'limits'], scope, value }, findings),
    )
  const targets = Object.entries(providers).flatMap(([id, provider]) =>
    Object.entries(provider.models ?? {}).flatMap(([model, { limits }]) => {
      const path: Path = ['providers', id, 'models', model, 'limits']
      return compileList(limits, { path, scope: 'target', value: `${id}/${model}` }, findings)
    }),
  )
  return [
    ...listed('providers', 'provider', providers),
    ...targets,
    ...listed('policies', 'policy', policies),
    ...listed('clients', 'client', clients),
    ...listed('models', 'model', models),
  ]
}

interface Limited {
  readonly limits?: readonly LimitSettings[] | undefined
}

function compileList(
  entries: readonly LimitSettings[] | undefined,
  place: LimitPlace,
  findings: Findings,
): Limit[] {
  const limits: Limit[] = []
  for (const [index, entry] of (entries ?? []).entries()) {
    const path = [...place.path, index]
    for (const limit of compileEntry(entry, place, path, findings)) {
      if (limits.some(({ id }) => id === limit.id)) {
        const { metric, per } = limit
        const again = per === null ? metric : `${metric} per ${per}`
        findings.problem(path, `limits ${again} a second time in this list; keep one`)
      } else limits.push(limit)
    }
  }
  return limits
}

type LimitsSection = NonNullable<Settings['limits']>

const perMinute = (requests: number, burst: number): LimitsSection['global'] => [
  { per: 'minute', requests, burst, strict: false },
]

/** What holds when nothing is said of limits and others than this machine may call. */
const usual: LimitsSection = {
  global: perMinute(10_000, 1_000),
  provider: perMinute(1_000, 100),
  ip: perMinute(50, 5),
  user: perMinute(100, 10),
}

/** Where requests over a limit wait. */
export function limitQueueFrom({ maxWait, size }: NonNullable<LimitsSection['queue']>): LimitQueue {
  return Object.freeze({ maxWaitMs: maxWait, size })
}

function frozen(limit: Limit): Limit {
  Object.freeze(limit.dimensions)
  Object.freeze(limit.only)
  Object.freeze(limit.window)
  return Object.freeze(limit)
}
