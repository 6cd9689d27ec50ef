import type { Provider } from '../catalog.ts'
import { hashSeed } from '../random.ts'
import type { CheckSettings } from './settings.ts'

/** Instants, on the monotonic clock, at which each provider was last checked. */
export type CheckedAt = ReadonlyMap<string, number>

/** When a provider is to be checked next; null where it never is. */
export function nextCheckMs(
  checks: CheckSettings,
  provider: Provider,
  checkedAt: CheckedAt,
  startedMs: number,
): number | null {
  if (!provider.enabled || provider.reach.kind === 'sdk') return null
  if (checks.providers !== null && !checks.providers.includes(provider.id)) return null
  const last = checkedAt.get(provider.id)
  if (last !== undefined) return last + checks.everyMs
  // The first ones are spread over the interval, so that providers are not all asked at once.
  return startedMs + (hashSeed(provider.id) / 0x1_0000_0000) * checks.everyMs
}

/** Which providers are due, and how long until the next one is. */
export function dueChecks(
  checks: CheckSettings,
  providers: Iterable<Provider>,
  checkedAt: CheckedAt,
  startedMs: number,
  nowMs: number,
): { readonly due: Provider[]; readonly waitMs: number } {
  const due: Provider[] = []
  let waitMs = checks.everyMs
  for (const provider of providers) {
    const atMs = nextCheckMs(checks, provider, checkedAt, startedMs)
    if (atMs === null) continue
    if (atMs <= nowMs) due.push(provider)
    else waitMs = Math.min(waitMs, atMs - nowMs)
  }
  return { due, waitMs }
}
