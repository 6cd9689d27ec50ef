import type { Provider } from '../../core/catalog.ts'
import type { CheckSettings, HealthSettings } from '../../core/health/settings.ts'
import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { formatDuration } from '../units.ts'

export function compileHealth(
  settings: Settings,
  providers: ReadonlyMap<string, Provider>,
  findings: Findings,
): HealthSettings {
  const { health } = settings
  const { cooldown } = health
  atLeast(['maxOpenFor'], health.maxOpenFor, 'openFor', health.openFor, findings)
  atLeast(['cooldown', 'max'], cooldown.max, 'first', cooldown.first, findings)
  return Object.freeze({
    windowMs: health.window,
    minimumCalls: health.minimumCalls,
    failureRate: health.failureRate,
    consecutiveFailures: health.consecutiveFailures,
    openForMs: health.openFor,
    maxOpenForMs: health.maxOpenFor,
    openForWhenQuietMs: health.openForWhenQuiet,
    rampMs: health.ramp,
    slow: Object.freeze({ afterMs: health.slow.after, rate: health.slow.open ?? null }),
    cooldown: Object.freeze({
      firstMs: cooldown.first,
      maxMs: cooldown.max,
      maxRetryAfterMs: cooldown.maxRetryAfter,
      quotaMs: cooldown.quota,
      authMs: cooldown.auth,
    }),
    checks: compileChecks(settings, providers, findings),
  })
}

function atLeast(
  key: readonly string[],
  valueMs: number,
  other: string,
  leastMs: number,
  findings: Findings,
): void {
  if (valueMs >= leastMs) return
  const [least, given] = [formatDuration(leastMs), formatDuration(valueMs)]
  findings.problem(['health', ...key], `must be at least \`${other}\`, ${least}, not ${given}`)
}

function compileChecks(
  { health: { checks } }: Settings,
  providers: ReadonlyMap<string, Provider>,
  findings: Findings,
): CheckSettings | null {
  if (checks === undefined) return null
  const path = ['health', 'checks']
  if (checks.timeout >= checks.every) {
    const every = formatDuration(checks.every)
    findings.problem([...path, 'timeout'], `must be shorter than \`every\`, ${every}`)
  }
  for (const [index, id] of (checks.providers ?? []).entries()) {
    const at = [...path, 'providers', index]
    const provider = providers.get(id)
    if (provider === undefined) {
      const hint = didYouMean(nearNames(id, providers.keys()))
      findings.problem(at, `"${id}" is no provider.${hint}`)
    } else if (provider.reach.kind === 'sdk') {
      findings.warning(at, `"${id}" is not checked, because an AI SDK package lists no models`)
    }
  }
  return Object.freeze({
    everyMs: checks.every,
    timeoutMs: checks.timeout,
    providers: checks.providers === undefined ? null : Object.freeze(checks.providers),
  })
}
