import { promises as files } from 'node:fs'
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
  let created: string | undefined
  try {
    created = await files.mkdir(directory, { recursive: true, mode: 0o700 })
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
    if (created !== undefined) await removeEmpty(directory, created)
  }
}

/** From the innermost to the first one that was made; one that is in use by now stays. */
async function removeEmpty(directory: string, outermost: string): Promise<void> {
  for (let folder = directory; folder.startsWith(outermost); folder = path.dirname(folder)) {
    const gone = await files.rmdir(folder).then(
      () => true,
      () => false,
    )
    if (!gone) return
  }
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
