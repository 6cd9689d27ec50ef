import { didYouMean, nearNames } from '../../core/near-names.ts'
import { capabilityNames } from '../../core/needs.ts'
import type { Conditions, TokenRange } from '../../core/plan/rule.ts'
import { localTimeIn, type TimeWindow } from '../../core/plan/time-window.ts'
import type { Findings, Path } from '../problem.ts'
import type { RuleSettings, Settings } from '../settings.ts'
import { reportUnknownZone } from './time-zone.ts'

type When = RuleSettings['when']

export function hasCeiling(when: When): boolean {
  return when.maxCost !== undefined || when.maxLatency !== undefined
}

export function compileConditions(
  when: When,
  path: Path,
  settings: Settings,
  findings: Findings,
): Conditions {
  warnOfUnknownClients(when, path, settings, findings)
  return {
    needs: [...capabilityNames, 'json' as const].flatMap((need) => {
      const is = when[need]
      return is === undefined ? [] : [{ need, is }]
    }),
    maxTokens: compileRange(when.maxTokens, 'atMost', [...path, 'maxTokens'], findings),
    contextTokens: compileRange(
      when.contextTokens,
      'atLeast',
      [...path, 'contextTokens'],
      findings,
    ),
    models: when.model ?? null,
    clients: when.client ?? null,
    users: when.user ?? null,
    regions: when.region?.map((region) => region.toLowerCase()) ?? null,
    metadata: Object.entries(when.metadata ?? {}).map(([name, values]) => ({ name, values })),
    time: compileTime(when.time, [...path, 'time'], findings),
    maxCostNanoUsd: when.maxCost === undefined ? null : Math.round(when.maxCost * 1e9),
    maxLatencyMs: when.maxLatency ?? null,
  }
}

/** `plain` says which end a number alone stands for. */
function compileRange(
  range: When['maxTokens'],
  plain: keyof TokenRange,
  path: Path,
  findings: Findings,
): TokenRange | null {
  if (range === undefined) return null
  const everything = { atLeast: 0, atMost: Number.MAX_SAFE_INTEGER }
  if (typeof range === 'number') return { ...everything, [plain]: range }
  const { atLeast = everything.atLeast, atMost = everything.atMost } = range
  if (range.atLeast === undefined && range.atMost === undefined) {
    findings.problem(path, 'needs atLeast, atMost or both')
  } else if (atLeast > atMost) {
    findings.problem(path, `matches nothing: atLeast ${atLeast} is more than atMost ${atMost}`)
  }
  return { atLeast, atMost }
}

function compileTime(time: When['time'], path: Path, findings: Findings): TimeWindow | null {
  if (time === undefined) return null
  const zone = localTimeIn(time.zone)
  if (zone === null) {
    reportUnknownZone(time.zone, [...path, 'zone'], findings)
    return null
  }
  return { days: time.days, fromMinute: time.from, toMinute: time.to, zone }
}

function warnOfUnknownClients(
  { client = [] }: When,
  path: Path,
  { clients }: Settings,
  findings: Findings,
): void {
  for (const name of client) {
    // `local` calls from this machine without a key.
    if (name.includes('*') || name === 'local' || Object.hasOwn(clients, name)) continue
    const near = didYouMean(nearNames(name, Object.keys(clients)))
    findings.warning([...path, 'client'], `"${name}" is no client.${near}`)
  }
}
