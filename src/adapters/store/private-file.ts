import { closeSync, openSync } from 'node:fs'
import { errorCode } from './system-error.ts'

/**
 * Makes an empty file only its owner can read, unless it exists. SQLite would make it readable for
 * everyone. An existing file is not even opened: closing it again would drop every POSIX lock this
 * process holds on it.
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
