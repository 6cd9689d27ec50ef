import type { WaybillRecord } from '../account/record.ts'
import type { Target } from '../catalog.ts'
import type { Assignment } from './split.ts'

/** How one request of an arm went, as the comparison counts it. */
export interface ArmOutcome {
  readonly failed: boolean
  /** Until the end of the reply; null for a failed request. */
  readonly latencyMs: number | null
  /** Over all attempts; null when a price is not known, or others served the request. */
  readonly costNanoUsd: number | null
}

/**
 * What the record of a request says about its arm; null when it says nothing: no target of the arm was
 * asked, or the client left. A failure that another target made good is a failure of the arm all the
 * same, and so is a refused request: chance deals those to all arms alike, and a model that refuses
 * more of them is worse. A hedge that was won by another target is none: it cost time, which counts.
 *
 * A request that others served because all targets of the arm are `broken` failed there too: otherwise
 * the breaker that keeps requests from a canary would keep it in the split for ever.
 */
export function outcomeOf(
  { arm }: Assignment,
  record: WaybillRecord,
  isBroken: (target: Target) => boolean,
): ArmOutcome | null {
  const targets = arm.alias.targets.map(({ target }) => target.name)
  const [first] = record.attempts
  if (first === undefined || record.outcome === 'cancelled') return null
  if (!targets.includes(first.target)) {
    if (!arm.alias.targets.every(({ target }) => isBroken(target))) return null
    return { failed: true, latencyMs: null, costNanoUsd: null }
  }
  const own = record.attempts.filter(({ target }) => targets.includes(target))
  const failed = record.outcome === 'failure' || own.every(({ result }) => result === 'failure')
  return {
    failed,
    latencyMs: failed ? null : record.totalMs,
    costNanoUsd: record.costNanoUsd,
  }
}
