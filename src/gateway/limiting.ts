import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { LimitReports, Violation } from './book-store.ts'
import type { LimitState } from './limit-state.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** The limits of a running gateway: which bind, their books, and where requests wait for room. */
export interface Limiting {
  readonly inForce: LimitsInForce
  readonly state: LimitState
  readonly reports: LimitWitness
  readonly room: WaitingRoom
  readonly tickets: OpenTickets
}

/** Tickets that are not settled yet: 0 when nothing runs. */
export interface OpenTickets {
  open: number
}

/** Who is told what happens at limits. Costs no I/O and never fails. */
export interface LimitWitness extends Pick<LimitReports, 'admitted' | 'corrected'> {
  violated(violation: Omit<Violation, 'atMs'>): void
}
