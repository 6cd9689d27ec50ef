import { randomBytes } from 'node:crypto'
import { promises as files } from 'node:fs'
import path from 'node:path'
import { Secret } from '../../core/catalog.ts'

export type AdminToken =
  | {
      readonly ok: true
      readonly token: Secret
      /** It was made just now: nobody has seen it yet. */
      readonly made: boolean
      /** Where it is kept; null where it comes from the environment or dies with this process. */
      readonly file: string | null
      /** For the log; null: nothing to say. */
      readonly warning: string | null
    }
  | {
      readonly ok: false
      /** `weak`: there is one, and it must not be taken. `unusable`: its place cannot be read or written. */
      readonly why: 'weak' | 'unusable'
      readonly problem: string
    }

export interface TokenPlace {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Name of the variable that wins over the file. */
  readonly variable: string
  /** null: nothing outlives the process. */
  readonly file: string | null
}

/**
 * The token that operators send: the one in the environment, else the one in the file, else a new
 * one. One that anybody could guess, or might have read, is not taken in silence.
 */
export async function openAdminToken(place: TokenPlace): Promise<AdminToken> {
  const { environment, variable, file } = place
  const given = environment[variable]
  if (given !== undefined) return fromEnvironment(given, variable)
  if (file === null) return made(newToken(), null)
  try {
    return (await readToken(file)) ?? (await makeToken(file))
  } catch (error) {
    const remedy = `see to it that this user can read and write it, or set ${variable}`
    return {
      ok: false,
      why: 'unusable',
      problem: `${file} cannot be used (${codeOf(error)}): ${remedy}`,
    }
  }
}

const shortest = 32
const fewestDifferent = 10
/** More than this is no token. */
const mostBytes = 4_096

/** What keeps a text from being a token; null: nothing. Never repeats it. */
function weakness(token: string): string | null {
  if (token === '') return 'is empty'
  if (!/^[!-~]+$/.test(token)) return 'holds other characters than visible ASCII'
  if (token.length < shortest) return `has fewer than ${shortest} characters`
  return new Set(token).size < fewestDifferent ? 'can be guessed' : null
}

function fromEnvironment(given: string, variable: string): AdminToken {
  const weak = weakness(given)
  if (weak === null) {
    return { ok: true, token: new Secret(given), made: false, file: null, warning: null }
  }
  const advice = 'take 64 characters of `openssl rand -hex 32`, or unset it'
  return { ok: false, why: 'weak', problem: `${variable} ${weak}: ${advice}` }
}

/** null: there is none yet. */
async function readToken(file: string): Promise<AdminToken | null> {
  const handle = await openIfThere(file)
  if (handle === null) return null
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes), 0)
    const token = buffer.toString('utf8', 0, bytesRead).trim()
    const weak = weakness(token)
    if (weak !== null) {
      return {
        ok: false,
        why: 'weak',
        problem: `${file} ${weak}: remove it, and a new token is made`,
      }
    }
    const warning = await closeToOthers(file, handle)
    return { ok: true, token: new Secret(token), made: false, file, warning }
  } finally {
    await handle.close()
  }
}

/** A warning where others of this machine may have read it. */
async function closeToOthers(file: string, handle: files.FileHandle): Promise<string | null> {
  const { mode } = await handle.stat()
  if (process.platform === 'win32' || (mode & 0o077) === 0) return null
  const mended = await handle.chmod(0o600).then(
    () => 'which has been mended',
    () => 'and that cannot be changed here',
  )
  return `${file} could be read by other users of this machine, ${mended}. Whoever read it has the admin token: remove the file and start again to make a new one.`
}

async function openIfThere(file: string): Promise<files.FileHandle | null> {
  try {
    return await files.open(file, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * Written beside and then linked into place: two gateways that start at once in one directory end up
 * with one token, and neither ever reads half of it.
 */
async function makeToken(file: string): Promise<AdminToken> {
  const token = newToken()
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await files.mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await files.writeFile(draft, `${token}\n`, { flag: 'wx', mode: 0o600 })
  try {
    await files.link(draft, file)
    return made(token, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      // A file system without links.
      await files.rename(draft, file)
      return made(token, file)
    }
    const other = await readToken(file)
    if (other === null) throw error
    return other
  } finally {
    await files.rm(draft, { force: true })
  }
}

/** 256 bits. The mark in front makes it known to whoever finds it in the wrong place. */
function newToken(): string {
  return `wb-admin-${randomBytes(32).toString('hex')}`
}

function made(token: string, file: string | null): AdminToken {
  return { ok: true, token: new Secret(token), made: true, file, warning: null }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
