import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryState } from '../../../src/adapters/state/memory/memory-state.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import type { Charge, Denial, Limit } from '../../../src/core/limits/limit.ts'
import type { LimitState } from '../../../src/gateway/limit-state.ts'
import {
  borrow,
  calendarLimit,
  charge,
  newTicket,
  slidingLimit,
} from '../../conformance/limits/limits.ts'
import { launchRedis, type RedisServer, redisPresent } from '../../support/redis-server.ts'
import { addressOf } from './address.ts'
import { leftIn } from './callers.ts'
import { openState } from './states.ts'

/** Of a window of an hour, and an instant at which one begins. */
const stretchMs = 28_125
const startMs = 64_000_000 * stretchMs

/** One unit is one or two milliseconds: what a few of them make is far less than what is asked for. */
const limits: readonly Limit[] = [
  slidingLimit('hour', { amount: 3_000_000 }, 3_600_000),
  slidingLimit('burst', { amount: 2_000_000, burst: 1_500_000 }, 3_600_000),
  calendarLimit('day', 'day', { amount: 5_000_000, burst: 2_000_000 }),
  calendarLimit('tokyo', 'month', { amount: 9_000_000 }, 'Asia/Tokyo'),
]
const unclear = 5_000

type Step =
  | { readonly wait: number }
  | { readonly take: readonly number[]; readonly size: number }
  | { readonly settle: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ wait: fc.constantFrom(0, 1, 2, 7, 30, 64, 127, 128, 129, 2_000) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      take: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      size: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ settle: fc.constantFrom(0, 0.3, 1, 1.7) }) },
)

describe.skipIf(!redisPresent)('books in Redis and in memory', () => {
  it('say the same whatever is taken, settled and waited for', async () => {
    const server = await launchRedis()
    let run = 0
    try {
      const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) =>
        follow(server, `run${++run}`, steps),
      )
      await fc.assert(property, { seed: 20_261_123, numRuns: 60, endOnFailure: true })
    } finally {
      await server.end()
    }
  })
})

/** Time as it passes, from the middle of a stretch on, and further when it is told to. */
function movedClock() {
  const beginMs = performance.now()
  let movedMs = 0
  const monotonicMs = () => stretchMs / 2 + performance.now() - beginMs + movedMs
  return {
    nowMs: () => startMs + monotonicMs(),
    monotonicMs,
    after: systemClock.after,
    move(byMs: number) {
      movedMs += byMs
    },
  }
}

async function follow(server: RedisServer, prefix: string, steps: readonly Step[]): Promise<void> {
  const clock = movedClock()
  // To scripts this is the same as if the server had another date.
  const moveServer = (byMs: number) =>
    server.command('HINCRBY', `{${prefix}}:gate`, 'skew', String(Math.round(byMs)))
  await moveServer(clock.nowMs() - Date.now())
  const memory = createMemoryState({ clock, store: null })
  const redis = await openState(addressOf(server.port, { prefix }), { clock, limits: () => limits })
  const both: readonly LimitState[] = [memory, redis.limits]
  const unsettled: ((factor: number) => void)[] = []

  const takeSome = async (charges: readonly Charge[]) => {
    const left = memory.look(charges)
    const isClear = charges.every(
      ({ least }, index) => Math.abs((left[index]?.remaining ?? 0) - least) > unclear,
    )
    if (!isClear) return
    const ticket = newTicket()
    const [one, other] = await Promise.all(both.map((state) => borrow(state, ticket, charges)))
    if (one === undefined || other === undefined) throw new Error('there are two')
    expect(other.granted).toBe(one.granted)
    if (!('readings' in one && 'readings' in other)) throw new Error('nobody was out of reach')
    for (const [index, reading] of one.readings.entries()) {
      expectNear(other.readings[index]?.remaining, reading.remaining)
      expectNear(other.readings[index]?.resetMs, reading.resetMs)
    }
    if (one.granted && other.granted) {
      unsettled.push((factor) => {
        for (const [state, { at }] of [
          [memory, one],
          [redis.limits, other],
        ] as const) {
          state.settle(
            charges.map((each) => {
              return { ticket, charge: each, actual: Math.round(each.amount * factor), at }
            }),
          )
        }
      })
    } else if ('denial' in one && 'denial' in other) {
      expect(other.denial.limit).toBe(one.denial.limit)
      expectNear(other.denial.remaining, one.denial.remaining)
      const waits = [one.denial.retryAfterMs, other.denial.retryAfterMs]
      const [here, there] = await Promise.all(both.map((state) => reservedOf(state, one.denial)))
      // What nobody settled for hours is no reason to come back soon in Redis: its gateway may be dead.
      if (waits[0] === 1_000 && there !== here) expect(waits[1]).toBeGreaterThanOrEqual(1_000)
      else expectNear(waits[1], waits[0])
    }
  }

  for (const each of steps) {
    if ('wait' in each) {
      // Nothing is under way while time moves.
      await leftIn(redis, [])
      clock.move(each.wait * stretchMs)
      await moveServer(each.wait * stretchMs)
    } else if ('take' in each) {
      await takeSome(
        limits
          .filter((_, number) => each.take.includes(number))
          .map((limit) => charge(limit, each.size * 50_000)),
      )
    } else {
      unsettled.shift()?.(each.settle)
    }
  }
  expect(redis.modes.map(([mode]) => mode)).toEqual(['exact'])
}

/** Of the book that denies, what may be given back. */
async function reservedOf(state: LimitState, { limit }: Denial): Promise<number> {
  const books = await state.books({ subject: null, limit: limits.length })
  return books.find((book) => book.limit.id === limit.id)?.reserved ?? 0
}

function expectNear(found: number | null | undefined, wanted: number | null | undefined): void {
  if (found == null || wanted == null) expect(found).toBe(wanted)
  else expect(Math.abs(found - wanted)).toBeLessThan(unclear)
}
