import type { Metric, Period, Scope } from './limit.ts'

/** A limit that was set while the gateway ran: a quota of a user or client, or another amount. */
export interface SetLimit {
  /** Unique: `user:alice requests/minute`. Setting it again changes it. */
  readonly id: string
  /** `provider`, `ip`, `user`, `client`, `policy`, `model`, `target`, or `global`. */
  readonly scope: Scope
  /** Whose it is; null for `global`. */
  readonly value: string | null
  readonly metric: Metric
  /** null for `concurrent`. */
  readonly per: Period | null
  readonly amount: number
  readonly burst: number
  /** Milliseconds since the epoch; null: until it is removed. */
  readonly expiresAtMs: number | null
  readonly setAtMs: number
  readonly setBy: string
}
