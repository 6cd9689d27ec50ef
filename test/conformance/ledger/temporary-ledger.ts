import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import {
  createSqliteLedger,
  type SqliteLedgerOptions,
} from '../../../src/adapters/store/sqlite-ledger.ts'

/** A data directory of its own, and how to look into it from outside. */
export function temporaryPlace() {
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-ledger-'))
  const databasePath = path.join(directory, 'waybill.db')
  const journalDirectory = path.join(directory, 'journal')

  function query<Row>(sql: string): Row[] {
    const database = new Database(databasePath, { readonly: true })
    try {
      return database.prepare<[], Row>(sql).all()
    } finally {
      database.close()
    }
  }

  return {
    databasePath,
    journalDirectory,
    open: (options: Partial<SqliteLedgerOptions> = {}) =>
      createSqliteLedger({ databasePath, journalDirectory, ...options }),
    query,
    ids: () => query<{ id: string }>('SELECT id FROM waybills ORDER BY id').map(({ id }) => id),
    journalFiles: () => readdirSync(journalDirectory),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Waits until `condition` holds; fails the test after fifteen seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 50_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
