import { existsSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { createPrivateFile } from '../private-file.ts'
import { errorCode, isBusy } from '../system-error.ts'
import { lockPath } from './file-names.ts'

/** The sole right to one owner's segments. */
export interface JournalClaim {
  /** Gives the right back; `remove` when no segment is left that another could claim. */
  release(remove: boolean): void
}

/**
 * Claims the journal of `owner`, or returns null while another holds it. Throws when the directory
 * cannot be written.
 *
 * The claim is SQLite's lock on an empty file: the operating system drops it with its process,
 * however that ends. A process id could not tell: ids are reused, and two containers that share the
 * directory may both run as process 1, where one would take the other's live journal for a
 * leftover.
 */
export function claimJournal(directory: string, owner: string): JournalClaim | null {
  const file = lockPath(directory, owner)
  createPrivateFile(file)
  const lock = lockFile(file)
  if (lock === null) return null
  if (!existsSync(file)) {
    // Another claimed it between our two steps, found nothing and removed it: our lock guards
    // nothing.
    lock.close()
    return null
  }
  return {
    release(remove) {
      // Removed while still locked, so that nobody locks a file that is about to vanish.
      if (remove) rmSync(file, { force: true })
      lock.close()
    },
  }
}

function lockFile(file: string): Database.Database | null {
  let database: Database.Database | null = null
  try {
    database = new Database(file, { timeout: 0, fileMustExist: true })
    database.pragma('journal_mode = MEMORY') // or each lock would leave a second file behind
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    // Held by another, or just removed by the one that held it.
    if (isBusy(error) || errorCode(error) === 'SQLITE_CANTOPEN') return null
    throw error
  }
}
