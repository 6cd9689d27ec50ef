import type { ArmResults } from './arm-results.ts'
import { compareArms } from './compare.ts'
import type { Difference } from './sequential.ts'
import type { Rollback } from './split.ts'

/**
 * Why an arm has to be taken out: in what it is worse than the control by more than it may be, beyond
 * chance. null while nothing is proved.
 */
export function regressionOf(
  arm: ArmResults,
  control: ArmResults,
  allowed: Rollback,
): string | null {
  if (Math.min(arm.requests, control.requests) < allowed.minimumSamples) return null
  const found = compareArms(arm, control)
  const worse =
    beyond(found.errors, allowed.errors, 'of requests fail more than in the control') ??
    beyond(found.latency, allowed.latency, 'more latency than the control') ??
    beyond(found.cost, allowed.cost, 'more cost than the control')
  return worse === null ? null : `${worse}, over ${arm.requests} requests`
}

function beyond(difference: Difference | null, limit: number | null, what: string): string | null {
  if (difference === null || limit === null || difference.low <= limit) return null
  return `${percent(difference.estimate)} ${what}, where ${percent(limit)} may be`
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`
