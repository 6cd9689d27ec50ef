import type { AttemptRecord } from '../../core/account/record.ts'

/**
 * Why an attempt was made. retry: its target had failed, and was asked again · failover: another
 * one had · hedge: another one was still silent · continuation: the reply had broken off.
 */
export type AttemptReason = 'first' | 'retry' | 'failover' | 'hedge' | 'continuation'

type Told = Pick<AttemptRecord, 'target' | 'startedMs' | 'endedMs' | 'firstOutputMs'>

/** Told by how the attempts of a request lie in time; they are in the order they began. */
export function attemptReason(attempts: readonly Told[], index: number): AttemptReason {
  const attempt = attempts[index]
  if (index === 0 || attempt === undefined) return 'first'
  let again = false
  for (let at = 0; at < index; at++) {
    const earlier = attempts[at]
    if (earlier === undefined) continue
    if (earlier.endedMs > attempt.startedMs) return 'hedge'
    // Its output was shown, so that nothing but going on from there could follow.
    if (earlier.firstOutputMs !== null) return 'continuation'
    again ||= earlier.target === attempt.target
  }
  return again ? 'retry' : 'failover'
}
