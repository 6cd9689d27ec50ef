import type { Asker } from '../core/limits/bindings.ts'
import type { Denial } from '../core/limits/limit.ts'
import type { LimitWitness } from './limiting.ts'

/** Tells the operator that a limit turned a request, or one of its attempts, away. */
export function reportViolation(
  reports: LimitWitness,
  denial: Denial,
  asker: Asker,
  requestId: string,
): void {
  const { limit, subject, needed, remaining, retryAfterMs } = denial
  const { client, user, ip, model } = asker
  const { id: limitId, metric } = limit
  const whose = { limitId, subject, metric, client, user, ip, model }
  reports.violated({ requestId, ...whose, needed, remaining, retryAfterMs })
}
