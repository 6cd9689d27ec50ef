import { existsSync, promises as files } from 'node:fs'
import path from 'node:path'

/** What every SQLite database begins with. */
const signature = Buffer.from('SQLite format 3\0')

/**
 * Why records cannot be kept in this database file (an absolute path), null when they can. Tries it,
 * because permissions alone do not tell (a file where a directory should be, a full disk, `/proc`),
 * and leaves nothing behind.
 */
export async function whyUnusable(database: string): Promise<string | null> {
  const directory = path.dirname(database)
  return (await whyNotWritable(directory)) ?? (await whyNoDatabase(database))
}

async function whyNotWritable(directory: string): Promise<string | null> {
  const made: string[] = []
  try {
    await makeDirectory(directory, made)
    const trial = await files.mkdtemp(path.join(directory, 'doctor-'))
    try {
      await files.writeFile(path.join(trial, 'trial'), 'x')
    } finally {
      await files.rm(trial, { recursive: true, force: true })
    }
    return null
  } catch (error) {
    return `${directory} cannot be written (${codeOf(error)}): name another directory`
  } finally {
    // Innermost first; one that another process uses by now is not empty, and stays.
    for (const folder of made.reverse()) await files.rmdir(folder).catch(() => {})
  }
}

/**
 * Adds to `made` what it creates. Not `mkdir` with `recursive`: below `/proc`, where a directory
 * that is there takes no new one with the answer that it is not there, that never comes to an end.
 */
async function makeDirectory(directory: string, made: string[]): Promise<void> {
  if (existsSync(directory)) return
  const parent = path.dirname(directory)
  if (parent !== directory) await makeDirectory(parent, made)
  await files.mkdir(directory, { mode: 0o700 })
  made.push(directory)
}

async function whyNoDatabase(database: string): Promise<string | null> {
  try {
    const file = await files.open(database, 'r+')
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(signature.length), 0)
      // An empty file is one that SQLite fills.
      return bytesRead === 0 || signature.equals(buffer)
        ? null
        : `${database} is no SQLite database: move it away, or name another directory`
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' ? null : `${database} cannot be opened (${code})`
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
