import type { Database } from 'better-sqlite3'
import { migrations } from './migrations/all.ts'

export interface Migration {
  /** Counts up from 1 without gaps. */
  readonly version: number
  readonly sql: string
}

/** Brings the schema up to date. Safe in several processes at once: the first in does the work. */
export function migrate(database: Database): void {
  database
    .transaction(() => {
      database.exec(
        `CREATE TABLE IF NOT EXISTS schema_version (
           version INTEGER PRIMARY KEY,
           applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
         )`,
      )
      const current = versionOf(database)
      if (current > migrations.length) throw newerSchema(database.name, current)
      const applied = database.prepare('INSERT INTO schema_version (version) VALUES (?)')
      for (const migration of migrations.slice(current)) {
        database.exec(migration.sql)
        applied.run(migration.version)
      }
    })
    .immediate()
}

function versionOf(database: Database): number {
  const found = database
    .prepare<[], { version: number | null }>('SELECT max(version) AS version FROM schema_version')
    .get()
  return found?.version ?? 0
}

function newerSchema(file: string, version: number): Error {
  return new Error(
    `${file} has schema ${version}, this Waybill knows ${migrations.length}: ` +
      'start the Waybill that wrote it, or name another database file',
  )
}
