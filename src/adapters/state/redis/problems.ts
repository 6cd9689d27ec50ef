import type { RedisAddress } from './address.ts'
import { showAddress } from './address.ts'

/** Why Redis is taken to be away; reads on from "Redis at …". */
export class Away extends Error {}

/** What an error of Redis means and what to do, by how it begins. */
const meanings: readonly (readonly [begins: RegExp, meaning: string])[] = [
  [/^READONLY/, 'is a read-only replica: let `state` name the primary'],
  [/^(OOM|-OOM)/, 'has no memory left: raise its maxmemory, or give it one of its own'],
  [/^(WRONGPASS|NOAUTH)/, 'does not accept the user and password of `state`'],
  [/^NOPERM/, 'does not let this user run what limits need (EVAL, EVALSHA, SCAN, PUBLISH)'],
  [/^LOADING/, 'is still loading its data'],
  [/^MASTERDOWN/, 'is a replica without its primary: let `state` name the primary'],
  [/^BUSY/, 'is busy with a script'],
  [/^MISCONF/, 'refuses to write, since it cannot save its data'],
  [/^(CLUSTERDOWN|TRYAGAIN)/, 'is a cluster that is not complete'],
  [/^(MOVED|ASK) /, 'is a cluster that keeps the books on another node'],
  [/^ERR (unknown command|.*disabled)/, 'does not know scripts (EVALSHA, EVAL)'],
  [/ECONNREFUSED/, 'refuses connections'],
  [/ENOTFOUND|EAI_AGAIN/, 'has a name that is not found'],
  [/ECONNRESET|EPIPE|closed unexpectedly/i, 'has closed the connection'],
  [/Connection timeout|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'cannot be reached'],
]

/** `Redis at redis://cache:6379 refuses connections`; no credential is in it. */
export function describeProblem(error: Error, address: RedisAddress): string {
  const text = textOf(error)
  const known = meanings.find(([begins]) => begins.test(text))
  const said = known === undefined ? `failed: ${without(text, address)}` : known[1]
  return `Redis at ${showAddress(address)} ${error instanceof Away ? text : said}`
}

/** The node a cluster points to; null for every other error. */
export function movedTo(message: string, address: RedisAddress): RedisAddress | null {
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? []
  if (host === undefined || port === undefined) return null
  return { ...address, host: host === '' ? address.host : host, port: Number(port) }
}

/** A connection that was refused on every address of a name is an error of errors. */
function textOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message
  return error.errors.map((one) => (one instanceof Error ? one.message : '')).join(', ')
}

function without(text: string, { password }: RedisAddress): string {
  return password === null ? text : text.replaceAll(password, '***')
}
