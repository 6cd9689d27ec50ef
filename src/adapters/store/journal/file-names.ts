import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { errorCode } from '../system-error.ts'

/**
 * Files of the journal directory. An owner is one ledger of one process, `<pid>-<random>`:
 *   <owner>.lock        held locked while the owner lives
 *   <owner>.<n>.jsonl   its segments, numbered from 1 in the order they were written
 */
const pattern = /^(\d+-[0-9a-f]{12}|books)\.(?:lock|(\d+)\.jsonl)$/

/** Who writes what is taken from limits, in a directory of its own: one process at a time. */
export const booksOwner = 'books'

export const newOwner = (): string => `${process.pid}-${randomBytes(6).toString('hex')}`

export const lockPath = (directory: string, owner: string): string =>
  path.join(directory, `${owner}.lock`)

export const segmentPath = (directory: string, owner: string, number: number): string =>
  path.join(directory, `${owner}.${number}.jsonl`)

/** Owner → numbers of its segments in order; an owner with only a lock has none. */
export function ownersIn(directory: string): Map<string, number[]> {
  const owners = new Map<string, number[]>()
  for (const name of namesIn(directory)) {
    const [, owner, number] = pattern.exec(name) ?? []
    if (owner === undefined) continue
    const segments = owners.get(owner) ?? []
    if (number !== undefined) segments.push(Number(number))
    owners.set(owner, segments)
  }
  for (const segments of owners.values()) segments.sort((a, b) => a - b)
  return owners
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
