import { mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { WaybillRecord } from '../../../core/account/record.ts'
import { createPrivateFile } from '../private-file.ts'
import { prepareInsert } from './insert-waybill.ts'
import { type LimitTables, prepareLimits } from './limits/limit-tables.ts'
import { migrate } from './migrate.ts'
import { prepareReads } from './read-waybills.ts'

/** Short, because reads wait behind a blocked write in the same thread; the caller tries again. */
const BUSY_TIMEOUT_MS = 250

export interface WaybillDatabase {
  /** All of them or, when it throws, none. A record whose id is there already is left as it is. */
  insert(records: readonly WaybillRecord[]): void
  read(id: string): WaybillRecord | null
  recent(limit: number): WaybillRecord[]
  readonly limits: LimitTables
  close(): void
}

/**
 * Opens the database, making and migrating it where needed. Throws when it is locked or unusable.
 */
export function openWaybillDatabase(file: string): WaybillDatabase {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  createPrivateFile(file)
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    migrate(database)
    const insert = prepareInsert(database)
    const { read, recent } = prepareReads(database)
    const insertAll = database.transaction((records: readonly WaybillRecord[]) => {
      for (const record of records) insert(record)
    })
    return {
      // BEGIN IMMEDIATE: a transaction that upgrades from reading to writing fails at once when
      // busy.
      insert: (records) => insertAll.immediate(records),
      read,
      recent,
      limits: prepareLimits(database),
      close: () => database.close(),
    }
  } catch (error) {
    database.close()
    throw error
  }
}
