import { randomFillSync } from 'node:crypto'

/** Crockford's alphabet: no letters that read alike, and it sorts as the numbers do. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pool = new Uint8Array(16 * 256)
let used = pool.length

/**
 * A request id: `wb_`, ten characters of time (milliseconds, sortable) and sixteen of randomness, the
 * layout of ULID. Random bytes are drawn in bulk: one system call serves 256 requests.
 */
export function newRequestId(nowMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let id = ''
  for (let left = nowMs, i = 0; i < 10; i++, left = Math.floor(left / 32)) {
    id = alphabet.charAt(left % 32) + id
  }
  for (const end = used + 16; used < end; used++) id += alphabet.charAt((pool[used] ?? 0) & 31)
  return `wb_${id}`
}
