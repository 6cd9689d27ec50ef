import { describe } from 'vitest'
import { createRedisState } from '../../src/adapters/state/redis/redis-state.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { addressOf } from '../integration/redis/states.ts'
import { redisPresent, startRedis } from '../support/redis-server.ts'
import { describeAdmission } from './limits/admission.ts'
import { describeOptions } from './limits/options.ts'
import { describeSettling } from './limits/settling.ts'
import { describeWindows } from './limits/windows.ts'
import { describeUpkeep } from './limits/upkeep.ts'
import { describeConcurrency } from './limits/concurrency.ts'
import type { StateKind } from './limits/state-kind.ts'
import type { LimitState } from '../../src/gateway/limit-state.ts'
import type { Limit } from '../../src/core/limits/limit.ts'

let opened = 0
const kind: StateKind = {
  name: 'redis',
  virtualTime: false,
  inProcess: false,
  survives: ['closed', 'killed'],
  async open() {
    const server = await startRedis()
    const open = async () => {
      const limits = new Map<string, Limit>()
      const state = createRedisState({
        address: addressOf(server.port, { prefix: `test${++opened}` }),
        clock: systemClock,
        limits: () => [...limits.values()],
        timeoutMs: 1_000,
        onMode() {},
        onProblem() {},
      })
      await state.open()
      const inner = state.limits
      const s: LimitState = {
        borrow(b, a) {
          for (const c of [...b.charges, ...b.options.flat()]) limits.set(c.limit.id, c.limit)
          inner.borrow(b, a)
        },
        settle: (c) => inner.settle(c),
        look: (c) => inner.look(c),
        wouldDeny: (c) => inner.wouldDeny(c),
        books: (f) => inner.books(f),
        reset: (f) => inner.reset(f),
        cleanup: (u) => inner.cleanup(u),
        health: () => inner.health(),
        close: () => inner.close(),
      }
      return { ...state, limits: s }
    }
    const state = await open()
    return {
      get state() {
        return state.limits
      },
      advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      stepWall() {},
      async restart() {},
      close: () => state.close(),
    }
  },
}
describe.skipIf(!redisPresent)('redis', () => {
  describeAdmission(kind)
  describeOptions(kind)
  describeSettling(kind)
  describeWindows(kind)
  describeUpkeep(kind)
  describeConcurrency(kind)
})
