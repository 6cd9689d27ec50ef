import { createHash } from 'node:crypto'
import { ErrorReply } from '@redis/client'
import type { Connection } from './connection.ts'

/** A Lua script, named to Redis by the hash of its text. */
export interface Script {
  readonly text: string
  readonly sha: string
}

export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/**
 * Runs a script in one round trip; in two where Redis does not know it yet, after a restart or
 * SCRIPT FLUSH.
 */
export async function runScript(
  connection: Connection,
  script: Script,
  keys: readonly string[],
  values: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...values]
  try {
    return await connection.send(['EVALSHA', script.sha, ...rest])
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return connection.send(['EVAL', script.text, ...rest])
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith('NOSCRIPT')
}
