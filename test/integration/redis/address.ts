import type { RedisAddress } from '../../../src/adapters/state/redis/address.ts'

/** Of a Redis on this machine that only this test uses. */
export function addressOf(port: number, more: Partial<RedisAddress> = {}): RedisAddress {
  const nobody = { username: null, password: null }
  return { host: '127.0.0.1', port, tls: false, ...nobody, database: 0, prefix: 'test', ...more }
}
