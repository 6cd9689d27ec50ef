import { describe, expect, it } from 'vitest'
import { adjustScript } from '../../../src/adapters/state/redis/lua/adjust.ts'
import { borrowScript } from '../../../src/adapters/state/redis/lua/borrow.ts'
import { joinScript } from '../../../src/adapters/state/redis/lua/join.ts'
import type { Borrowed } from '../../../src/gateway/limit-state.ts'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  slidingLimit,
} from '../../conformance/limits/limits.ts'
import { monitored, redisPresent, startRedis } from '../../support/redis-server.ts'
import { addressOf } from './address.ts'
import { ask, callers, grantedIn } from './callers.ts'
import { openState, untilMode } from './states.ts'

describe.skipIf(!redisPresent)('four gateways and one Redis', () => {
  it.each([1, 2, 3, 4, 5])('admit 100 of a limit of 100, run %i', async () => {
    const { port } = await startRedis()
    const states = await Promise.all([1, 2, 3, 4].map(() => openState(addressOf(port))))
    const limit = slidingLimit('per minute', { amount: 100 })
    const answers = await callers(states, 64, 10, () => [charge(limit)])
    expect(grantedIn(answers)).toBe(100)
    expect(answers).toHaveLength(640)
  })

  it('admit as much of every limit of a request as the tightest allows', async () => {
    const { port } = await startRedis()
    const states = await Promise.all([1, 2, 3, 4].map(() => openState(addressOf(port))))
    const wide = slidingLimit('wide', { amount: 1_000 })
    const budget = calendarLimit('budget', 'day', { amount: 5_000_000_001, metric: 'cost' })
    const answers = await callers(states, 64, 5, () => [charge(wide), charge(budget, 50_000_000)])
    expect(grantedIn(answers)).toBe(100)
    const [state] = states
    if (state === undefined) throw new Error('no state')
    const left = await ask(state, newTicket(), [charge(wide, 0), charge(budget, 0)])
    expect(left).toMatchObject({ readings: [{ remaining: 900 }, { remaining: 1 }] })
  })

  it('never let more requests run at once than there are places, and give all of them back', async () => {
    const { port } = await startRedis()
    const states = await Promise.all([1, 2, 3, 4].map(() => openState(addressOf(port))))
    const places = charge(concurrentLimit('places', 7))
    let running = 0
    let most = 0
    let served = 0
    const client = async (number: number) => {
      for (let turn = 0; turn < 10; turn++) {
        const state = states[number % 4]
        if (state === undefined) continue
        const ticket = newTicket()
        const answer = await ask(state, ticket, [places])
        if (!answer.granted) continue
        most = Math.max(most, ++running)
        served++
        await new Promise((resolve) => setTimeout(resolve, 2))
        running--
        state.limits.settle([{ ticket, charge: places, actual: 0, at: answer.at }])
      }
    }
    await Promise.all(Array.from({ length: 64 }, (_, number) => client(number)))
    expect(most).toBeLessThanOrEqual(7)
    expect(served).toBeGreaterThan(7)
    const [state] = states
    if (state === undefined) throw new Error('no state')
    await untilMode('exact', ...states)
    const after = await ask(state, newTicket(), [charge(concurrentLimit('places', 7), 1)])
    expect(after).toMatchObject({ granted: true, readings: [{ remaining: 6 }] })
  })

  it('count each other', async () => {
    const { port } = await startRedis()
    const first = await openState(addressOf(port))
    await openState(addressOf(port))
    const third = await openState(addressOf(port))
    expect(third.limits.health().replicas).toBe(3)
    await expect.poll(() => first.limits.health().replicas, { timeout: 10_000 }).toBe(3)
  })
})

describe.skipIf(!redisPresent)('a request with five limits', () => {
  it('takes one call to admit and one to settle', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port))
    const limits = [1, 2, 3, 4, 5].map((each) => slidingLimit(`limit ${each}`, { amount: 1_000 }))
    const charges = limits.map((limit) => charge(limit))
    const request = async () => {
      const ticket = newTicket()
      const { at } = granted(await ask(state, ticket, charges))
      state.limits.settle(charges.map((each) => ({ ticket, charge: each, actual: 0, at })))
    }
    // So that Redis knows the scripts.
    await request()
    const commands = await monitored(server, async () => {
      for (let each = 0; each < 20; each++) await request()
      // Sent after the last settlement, on the same connection.
      await state.setLimits.load()
    })
    const borrowed = commands.filter((line) => line.includes(borrowScript.sha))
    const settled = commands.filter((line) => line.includes(adjustScript.sha))
    const attended = commands.filter((line) => line.includes(joinScript.sha))
    expect([borrowed.length, settled.length]).toEqual([20, 20])
    expect(commands.length - attended.length).toBe(41)
  })
})

function granted(answer: Borrowed): Extract<Borrowed, { granted: true }> {
  if (!answer.granted) throw new Error('there was no room')
  return answer
}
