import type { Target } from '../catalog.ts'
import type { Denial } from '../limits/limit.ts'

/** Whether the limits that bind a request leave room for an attempt at a target. */
export interface TargetRoom {
  /** null: there is room. */
  denied(target: Target): NoRoom | null
}

export interface NoRoom {
  /** Readable: `its limit of 500 requests per minute is used up`. */
  readonly because: string
  /** null where waiting changes nothing: a limit on cost binds, and the price is not known. */
  readonly denial: Denial | null
}
