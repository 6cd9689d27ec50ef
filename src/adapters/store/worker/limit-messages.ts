import type { Limit } from '../../../core/limits/limit.ts'
import type { SetLimit } from '../../../core/limits/set-limit.ts'
import type {
  BookChange,
  BookName,
  LimitStats,
  ReportFilter,
  SavedBook,
  Violation,
} from '../../../gateway/book-store.ts'

/** What is asked about limits. All but `report-limits` may be asked twice without harm. */
export type LimitQuestion =
  /** Everything that was kept of books: in the database, and in the journal behind it. */
  | { readonly kind: 'load-books'; readonly directory: string }
  | SaveBooks
  | { readonly kind: 'load-set-limits' }
  /** Whether another process has changed them since this was asked last. */
  | { readonly kind: 'changed-set-limits' }
  | { readonly kind: 'put-set-limit'; readonly limit: SetLimit }
  | { readonly kind: 'remove-set-limit'; readonly id: string }
  | { readonly kind: 'configured-limits'; readonly limits: readonly Limit[] }
  | {
      readonly kind: 'report-limits'
      readonly stats: readonly LimitStats[]
      readonly violations: readonly Violation[]
    }
  | { readonly kind: 'violations'; readonly filter: ReportFilter }
  | { readonly kind: 'limit-stats'; readonly filter: ReportFilter }
  | { readonly kind: 'forget-reports'; readonly beforeMs: number }

/** Books to be kept come in parts, so that no turn of the main thread has many of them to send. */
export interface SaveBooks {
  readonly kind: 'save-books'
  /** Counts from 0. */
  readonly part: number
  readonly books: readonly SavedBook[]
  readonly removed: readonly BookName[]
  /** With the last part, which writes them all. */
  readonly end: SaveEnd | null
}

export interface SaveEnd {
  /** Number of the last change that is in the books. */
  readonly sequence: number
  readonly directory: string
  /** Segments of the journal before this one hold no later change: they are removed. */
  readonly segment: number
}

export type LimitAnswer =
  | {
      readonly kind: 'books'
      readonly books: readonly SavedBook[]
      readonly changes: readonly BookChange[]
      /** Number of the last change. */
      readonly sequence: number
    }
  | { readonly kind: 'set-limits'; readonly limits: readonly SetLimit[] }
  /** null: they are as they were. */
  | { readonly kind: 'changed-set-limits'; readonly limits: readonly SetLimit[] | null }
  /** Rows. */
  | { readonly kind: 'removed'; readonly count: number }
  | { readonly kind: 'violations'; readonly violations: readonly Violation[] }
  | { readonly kind: 'limit-stats'; readonly stats: readonly LimitStats[] }
