import type { JsonObject } from '../core/json.ts'
import type { Metric } from '../core/limits/limit.ts'
import type { SetLimit } from '../core/limits/set-limit.ts'

export type { SetLimit } from '../core/limits/set-limit.ts'

/** A book as it is kept over a restart. */
export interface SavedBook {
  /** Of the limit that it is kept under, see `shelfOf`. */
  readonly limitId: string
  readonly subject: string
  /** Times in it are milliseconds since the epoch: the monotonic clock begins anew. */
  readonly state: JsonObject
  /** What is left and what fits in all, for people who look into the store. */
  readonly remaining: number
  readonly capacity: number
  /** Milliseconds since the epoch from which all of it is back, were nothing more taken. */
  readonly resetAtMs: number
  readonly touchedAtMs: number
}

/** What was taken from a book (or given back, where negative) after it was last saved. */
export interface BookChange {
  readonly limitId: string
  readonly subject: string
  readonly amount: number
  /** Milliseconds since the epoch at which it counts: a correction counts when it was borrowed. */
  readonly atMs: number
}

/** Where the books of one process outlive it. */
export interface BookStore {
  /**
   * As saved last, and the changes since, in order. To be called first: what changes before is not
   * kept. The changes count as noted, so the books they touch belong into the next `save`.
   */
  load(): Promise<{ readonly books: readonly SavedBook[]; readonly changes: readonly BookChange[] }>
  /**
   * Notes a change as `BookChange` has it, to be kept with all others before the next `noted`, or none of
   * them. Not an object: several are noted for each request.
   */
  note(limitId: string, subject: string, amount: number, atMs: number): void
  /**
   * What was noted is kept at the end of this turn of the event loop, with all else of it. It survives
   * the end of this process, or nothing can make it do so, when this calls back; null: nobody waits.
   */
  noted(kept: (() => void) | null): void
  /**
   * Keeps these books in place of what was kept of them, and forgets the removed ones (not those that
   * are among the books too); changes noted before the call are not played again. Never rejects.
   */
  save(books: readonly SavedBook[], removed: readonly BookName[]): Promise<void>
  close(): Promise<void>
}

export interface BookName {
  readonly limitId: string
  readonly subject: string
}

/** Where limits set at run time outlive the process; with a shared state, shared by all replicas. */
export interface SetLimitStore {
  load(): Promise<readonly SetLimit[]>
  put(limit: SetLimit): Promise<void>
  /** False where there was none. */
  remove(id: string): Promise<boolean>
  /** Told when another process has changed them; returns how to stop that. */
  watch(changed: (all: readonly SetLimit[]) => void): () => void
}

/** One request that a limit turned away. */
export interface Violation {
  readonly atMs: number
  readonly requestId: string
  readonly limitId: string
  readonly subject: string
  readonly metric: Metric
  readonly client: string
  readonly user: string | null
  readonly ip: string | null
  readonly model: string
  readonly needed: number
  readonly remaining: number
  readonly retryAfterMs: number | null
}

/** One day (UTC) of one limit. */
export interface LimitStats {
  /** `2026-11-20` */
  readonly date: string
  readonly limitId: string
  readonly allowed: number
  readonly denied: number
  /** Charged in the end, in units of its metric. */
  readonly amount: number
}

export interface ReportFilter {
  /** `user:alice`, or null for all. */
  readonly subject: string | null
  readonly sinceMs: number | null
  readonly limit: number
}

/** What happened at limits, for operators. Telling it costs no I/O and never fails. */
export interface LimitReports {
  admitted(limitId: string, amount: number): void
  /** What a settled request came to, beyond what it had borrowed (less: negative). */
  corrected(limitId: string, difference: number): void
  violated(violation: Violation): void
  violations(filter: ReportFilter): Promise<readonly Violation[]>
  stats(filter: ReportFilter): Promise<readonly LimitStats[]>
  /** Removes what is older; resolves with the number of rows. */
  forget(beforeMs: number): Promise<number>
}
