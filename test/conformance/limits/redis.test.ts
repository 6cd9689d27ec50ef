import { afterAll, beforeAll, describe } from 'vitest'
import { createRedisState } from '../../../src/adapters/state/redis/redis-state.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { addressOf } from '../../integration/redis/address.ts'
import { launchRedis, type RedisServer, redisPresent } from '../../support/redis-server.ts'
import { describeLimitState } from './describe-limit-state.ts'

describe.skipIf(!redisPresent)('books in Redis', () => {
  let server: (RedisServer & { end(): Promise<void> }) | null = null
  beforeAll(async () => {
    server = await launchRedis()
  })
  afterAll(() => server?.end())
  let opened = 0
  describeLimitState({
    name: 'redis',
    virtualTime: false,
    inProcess: false,
    // A process is no more than one of those that share the books: see test/integration/redis.
    survives: [],
    async open() {
      if (server === null) throw new Error('redis-server was not started')
      const state = createRedisState({
        address: addressOf(server.port, { prefix: `test${++opened}` }),
        clock: systemClock,
        limits: () => [],
        onMode() {},
        onProblem() {},
      })
      await state.open()
      return {
        state: state.limits,
        advance: untilAfter,
        stepWall() {},
        async restart() {},
        close: () => state.close(),
      }
    },
  })
})

/** A timer may fire a moment early by the clock that the gateway reads. */
async function untilAfter(byMs: number): Promise<void> {
  const endMs = performance.now() + byMs
  for (let leftMs = byMs; leftMs > 0; leftMs = endMs - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(leftMs)))
  }
}
