import type { RedisAddress } from '../../../src/adapters/state/redis/address.ts'

/** Of a Redis on this machine that only this test uses. */
export function addressOf(port: number, more: Partial<RedisAddress> = {}): RedisAddress {
  const nobody = { username: null, password: null }
  // Other processes of this machine may take all of its time for a while.
  const rest = { tls: false, ...nobody, database: 0, prefix: 'test', timeoutMs: 1_000 }
  return { host: '127.0.0.1', port, ...rest, ...more }
}
