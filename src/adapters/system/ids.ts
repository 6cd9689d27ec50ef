import { randomFillSync } from 'node:crypto'

/** Crockford's alphabet: no letters that read alike, and it sorts as the numbers do. */
const alphabet = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')
const prefix = Buffer.from('wb_')
const timeCharacters = 10
const randomCharacters = 16
const length = prefix.length + timeCharacters + randomCharacters

const pool = new Uint8Array(randomCharacters * 2_048)
let used = pool.length

/** The id that is being made; its time is written once for all within a millisecond. */
const characters = Buffer.concat([prefix, Buffer.alloc(length - prefix.length)])
let writtenMs = Number.NaN

/**
 * A request id: `wb_`, ten characters of time (milliseconds, sortable) and sixteen of randomness, the
 * layout of ULID. Random bytes are drawn in bulk: one call serves 2048 requests.
 */
export function newRequestId(nowMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  if (nowMs !== writtenMs) writeTime(nowMs)
  for (let at = prefix.length + timeCharacters; at < length; at++) {
    characters[at] = alphabet[(pool[used++] ?? 0) & 31] ?? 0
  }
  return characters.toString('latin1')
}

function writeTime(nowMs: number): void {
  let left = nowMs
  for (let at = prefix.length + timeCharacters - 1; at >= prefix.length; at--) {
    characters[at] = alphabet[left % 32] ?? 0
    left = Math.floor(left / 32)
  }
  writtenMs = nowMs
}
