import type { Catalog, Provider, Target } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import { dueChecks } from '../core/health/checks.ts'
import type { LiveFleet } from '../core/health/fleet.ts'
import { reachOf, withProviderHeaders } from './destination.ts'
import type { Clock, UpstreamCall, UpstreamExchange, Upstreams } from './ports.ts'

export interface HealthChecksInput {
  readonly clock: Clock
  readonly upstreams: Upstreams
  readonly fleet: LiveFleet
  readonly catalog: () => Catalog
}

export interface HealthChecks {
  /** Ends what runs. */
  stop(): void
}

/** Looks at the settings at least this often: a reload may turn checks on. */
const lookEveryMs = 5_000

/**
 * Asks providers for their list of models at intervals, where the configuration wants that. A
 * provider that answers, be it with a refusal, is alive, and an open breaker of its targets may be
 * probed at once; one that fails counts as a failed attempt at each of them.
 */
export function startHealthChecks(input: HealthChecksInput): HealthChecks {
  const { clock, catalog } = input
  const startedMs = clock.monotonicMs()
  const checkedAt = new Map<string, number>()
  const running = new Set<() => void>()

  const look = () => {
    const { health, providers } = catalog()
    const checks = health?.checks ?? null
    let waitMs = lookEveryMs
    if (checks !== null) {
      const nowMs = clock.monotonicMs()
      const found = dueChecks(checks, providers.values(), checkedAt, startedMs, nowMs)
      waitMs = Math.min(lookEveryMs, found.waitMs)
      for (const provider of found.due) {
        checkedAt.set(provider.id, nowMs)
        check(provider, checks.timeoutMs, input, running)
      }
    }
    cancel = clock.after(waitMs, look)
  }
  let cancel = clock.after(0, look)
  return {
    stop() {
      cancel()
      for (const end of running) end()
    },
  }
}

function check(
  provider: Provider,
  timeoutMs: number,
  { clock, upstreams, fleet, catalog }: HealthChecksInput,
  running: Set<() => void>,
): void {
  const call = checkCall(provider)
  if (call === null) return
  let exchange: UpstreamExchange | null = null
  let over = false
  const finish = (problem: Failure | null | 'stopped') => {
    if (over) return
    over = true
    cancelTimer()
    running.delete(stop)
    exchange?.abort()
    if (problem === 'stopped') return
    const targets = targetsOf(provider, catalog())
    fleet.checked(targets, problem, clock.monotonicMs())
  }
  const stop = () => finish('stopped')
  const silent = failure('timeout', `No answer to a health check within ${timeoutMs} ms.`)
  const cancelTimer = clock.after(timeoutMs, () => finish(silent))
  running.add(stop)
  exchange = upstreams.of(provider).send(call, {
    connected() {},
    head: (status) => finish(status >= 500 ? answeredWith(status) : null),
    data() {},
    ended: () => finish(null),
    failed: finish,
  })
  if (over) exchange.abort()
}

function answeredWith(status: number): Failure {
  const message = `The provider answered a health check with status ${status}.`
  return failure('server_error', message, { upstreamStatus: status })
}

/** `GET …/models`, which every dialect has and no provider charges for. */
function checkCall(provider: Provider): UpstreamCall | null {
  const reach = reachOf(provider)
  const [address] = reach.addresses.values()
  if (address === undefined) return null
  const query = reach.kind === 'http' ? new URLSearchParams(reach.query).toString() : ''
  const key = provider.apiKeys[0]?.reveal() ?? null
  return {
    origin: address.origin,
    path: `${address.basePath}/models${query === '' ? '' : `?${query}`}`,
    method: 'GET',
    headers: withProviderHeaders(['accept', 'application/json'], reach, key),
    body: [],
  }
}

function targetsOf(provider: Provider, { targets }: Catalog): Target[] {
  return [...targets.values()].filter((target) => target.provider.id === provider.id)
}
