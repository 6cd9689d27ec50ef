import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { SqliteLedgerOptions } from '../../../src/adapters/store/sqlite-ledger.ts'
import type { WaybillStore } from '../../../src/adapters/store/waybill-store.ts'
import type { BookChange, BookStore } from '../../../src/gateway/book-store.ts'
import { temporaryPlace } from '../../conformance/ledger/temporary-ledger.ts'

/** A ledger, and its books, which are there. */
export interface OpenStore {
  readonly store: WaybillStore
  readonly books: BookStore
  readonly problems: readonly string[]
  /** Notes changes; resolves when they are kept. */
  note(...changes: BookChange[]): Promise<void>
}

/** Notes changes that belong together; to be followed by `noted`. */
export function noteAll(books: BookStore, changes: readonly BookChange[]): void {
  for (const { limitId, subject, amount, atMs } of changes) {
    books.note(limitId, subject, amount, atMs)
  }
}

/** A data directory of its own whose limits can be opened and looked into. */
export function limitPlace() {
  const place = temporaryPlace()
  const limitsDirectory = path.join(path.dirname(place.databasePath), 'limits')

  return {
    ...place,
    limitsDirectory,
    /** With what is in the way of the directory or the database still there. */
    openAsIs(options: Partial<SqliteLedgerOptions> = {}): OpenStore {
      const problems: string[] = []
      const onProblem = (message: string) => problems.push(message)
      const store = place.open({ onProblem, ...options })
      const { books } = store.limits
      if (books === null) throw new Error('an SQLite ledger keeps books')
      const note = (...changes: BookChange[]) => {
        noteAll(books, changes)
        return new Promise<void>((resolve) => books.noted(resolve))
      }
      return { store, books, problems, note }
    },
    async open(options: Partial<SqliteLedgerOptions> = {}): Promise<OpenStore> {
      const opened = this.openAsIs(options)
      await opened.books.load()
      return opened
    },
    /** As somebody with a database tool would. */
    change(sql: string): void {
      const database = new Database(place.databasePath)
      database.exec(sql)
      database.close()
    },
    /** Holds the database until the returned function is called. */
    lock(): () => void {
      const database = new Database(place.databasePath)
      database.exec('BEGIN EXCLUSIVE')
      return () => database.close()
    },
    makeWay: () => rmSync(limitsDirectory),
    segments(): string[] {
      if (!existsSync(limitsDirectory)) return []
      return readdirSync(limitsDirectory).filter((name) => name.endsWith('.jsonl'))
    },
    /** Everything in the journal. */
    journal(): string {
      return this.segments()
        .map((name) => readFileSync(path.join(limitsDirectory, name), 'utf8'))
        .join('')
    },
  }
}
