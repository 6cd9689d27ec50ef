import type { WaybillRecord } from '../../../core/account/record.ts'
import type { JournalPosition } from '../journal/tail.ts'
import type { LimitAnswer, LimitQuestion } from './limit-messages.ts'

/** What the worker is started with. */
export interface LedgerWorkerOptions {
  readonly databasePath: string
  readonly journalDirectory: string
  /** Whose journal it follows, and from where. */
  readonly owner: string
  readonly position: JournalPosition
}

export type Question =
  /** Answered when everything in the journal is in the database. */
  | { readonly kind: 'flush' }
  /** As flush; the journal has ended, so its segments are removed and the database is closed. */
  | { readonly kind: 'close' }
  | { readonly kind: 'read'; readonly id: string }
  | { readonly kind: 'recent'; readonly limit: number }
  | LimitQuestion

export type Answer =
  /** It is done: there is nothing more to say. */
  | { readonly kind: 'done' }
  | { readonly kind: 'records'; readonly records: readonly WaybillRecord[] }
  | LimitAnswer

export type ToWorker =
  /** The journal has grown. */
  | { readonly type: 'wake' }
  | { readonly type: 'question'; readonly number: number; readonly question: Question }

export type FromWorker =
  /** Lines of the own journal done with, and where that leaves off. */
  | { readonly type: 'stored'; readonly lines: number; readonly position: JournalPosition }
  /** Nothing is left to do: the next record needs a new `wake`. */
  | { readonly type: 'idle' }
  /** Lines that hold no record, of whatever journal. */
  | { readonly type: 'skipped'; readonly lines: number; readonly owner: string }
  /** What keeps records from the database just now; null when that is over. */
  | { readonly type: 'trouble'; readonly message: string | null }
  /** Something for the operator to look after that does not pass by itself. */
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'answer'; readonly number: number; readonly answer: Answer }
  | {
      readonly type: 'refused'
      readonly number: number
      readonly message: string
      /** Another process has the database, which passes. */
      readonly passing: boolean
    }
