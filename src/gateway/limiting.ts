import type { Asker } from '../core/limits/bindings.ts'
import type { Denial } from '../core/limits/limit.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { LimitReports } from './book-store.ts'
import type { LimitState } from './limit-state.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** The limits of a running gateway: which bind, their books, and where requests wait for room. */
export interface Limiting {
  readonly inForce: LimitsInForce
  readonly state: LimitState
  readonly reports: LimitReports
  readonly room: WaitingRoom
  readonly tickets: OpenTickets
}

/** Tickets that are not settled yet: 0 when nothing runs. */
export interface OpenTickets {
  open: number
}

/** A limit turned a request away: for the operator. */
export function reportViolation(
  reports: LimitReports,
  denial: Denial,
  asker: Asker,
  request: { readonly id: string; readonly atMs: number },
): void {
  const { limit, subject, needed, remaining, retryAfterMs } = denial
  reports.violated({
    atMs: request.atMs,
    requestId: request.id,
    limitId: limit.id,
    subject,
    metric: limit.metric,
    client: asker.client,
    user: asker.user,
    ip: asker.ip,
    model: asker.model,
    needed,
    remaining,
    retryAfterMs,
  })
}
