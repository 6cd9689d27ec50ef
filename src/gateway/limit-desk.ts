import type { Catalog } from '../core/catalog.ts'
import type { Limit, Metric, Period } from '../core/limits/limit.ts'
import type { LimitsInForce } from '../core/limits/limits-in-force.ts'
import type { SetLimit } from '../core/limits/set-limit.ts'
import type { LimitReports, LimitStats, Violation } from './book-store.ts'
import type { DeskAnswer } from './desk-answer.ts'
import { limitChanges } from './limit-changes.ts'
import { limitListings } from './limit-listings.ts'
import type { Book, LimitState, LimitStateHealth } from './limit-state.ts'
import type { LimitWish } from './limit-wish.ts'
import type { Clock } from './ports.ts'
import type { SetLimits } from './set-limits.ts'
import type { Standing } from './standings.ts'
import type { Whose } from './whose.ts'

export interface LimitDeskOptions {
  readonly catalog: () => Catalog
  readonly state: LimitState
  readonly inForce: LimitsInForce
  readonly set: SetLimits
  readonly reports: LimitReports
  readonly clock: Clock
  /** Told of every change, for the log. */
  readonly onChange: (what: string, details: ChangeDetails) => void
}

export type ChangeDetails = Readonly<Record<string, string | number | null>>

/** Rows, and whether there are more than were asked for. */
export interface Rows<Row> {
  readonly rows: readonly Row[]
  readonly more: boolean
}

export interface LimitInForce {
  readonly limit: Limit
  /** As it was set; null: it is configured. */
  readonly set: SetLimit | null
}

/** What operators can do with limits while the gateway runs. */
export interface LimitDesk {
  health(): LimitStateHealth
  status(whose: Whose, most: number): Promise<DeskAnswer<Rows<Standing & LimitInForce>>>
  /** In force for the next request. */
  put(wish: LimitWish): Promise<DeskAnswer<SetLimit>>
  /** Limits that were set; null: on every metric, per every period. */
  remove(
    whose: Whose,
    metric: Metric | null,
    per: Period | null,
  ): Promise<DeskAnswer<readonly string[]>>
  /** Empties the books of those named, or all of them. */
  reset(whose: Whose, all: boolean): Promise<DeskAnswer<number>>
  config(whose: Whose, most: number): DeskAnswer<Rows<LimitInForce>>
  buckets(whose: Whose, most: number): Promise<DeskAnswer<Rows<Book>>>
  violations(asked: ReportQuestion): Promise<DeskAnswer<Rows<Violation>>>
  stats(asked: ReportQuestion): Promise<DeskAnswer<Rows<LimitStats>>>
  cleanup(untouchedMs: number, reportsMs: number): Promise<DeskAnswer<Cleaned>>
}

export interface ReportQuestion {
  readonly whose: Whose
  readonly sinceMs: number | null
  readonly most: number
}

export interface Cleaned {
  readonly books: number
  readonly reports: number
  readonly expired: number
}

export function createLimitDesk(options: LimitDeskOptions): LimitDesk {
  return {
    health: () => options.state.health(),
    ...limitListings(options),
    ...limitChanges(options),
  }
}
