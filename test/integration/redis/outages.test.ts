import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
} from '../../conformance/limits/limits.ts'
import { redisPresent, startRedis } from '../../support/redis-server.ts'
import { startSlowProxy } from '../../support/slow-proxy.ts'
import { addressOf } from './address.ts'
import { ask, callers, grantedIn, leftIn } from './callers.ts'
import { startHolder } from './holder.ts'
import { modeOf, openFour, openState, untilMode } from './states.ts'

const limit = slidingLimit('per minute', { amount: 100 })
const one = () => [charge(limit)]
const timeoutMs = 200

describe.skipIf(!redisPresent)('a Redis that freezes', () => {
  it('leaves each gateway its share, and is told of all of it when it thaws', async () => {
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    expect(grantedIn(await callers(states, 8, 5, one))).toBe(40)
    server.freeze()
    // 25 each, with the 10 each that they had before.
    expect(grantedIn(await callers(states, 64, 10, one))).toBe(60)
    expect(states.map(modeOf)).toEqual(['local', 'local', 'local', 'local'])
    server.thaw()
    await untilMode('exact', ...states)
    await expect.poll(() => remaining(states[0].limits, limit)).toBe(0)
    expect(grantedIn(await callers(states, 16, 2, one))).toBe(0)
    for (const { modes } of states) {
      expect(modes.map(([mode]) => mode)).toEqual(['exact', 'local', 'exact'])
      expect(modes[1]?.[1]).toContain(`did not answer within ${timeoutMs} ms`)
      expect(modes[1]?.[1]).toContain('gives out 1/4 of every limit')
    }
  })

  it('leaves less to gateways that took some before a reset by another, and nobody more', async () => {
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    expect(grantedIn(await callers(states, 8, 5, one))).toBe(40)
    expect(await states[0].limits.reset({ subject: null, limit: 9 })).toBe(1)
    expect(await remaining(states[1].limits, limit)).toBe(100)
    server.freeze()
    // 25 of the one that has reset it, 15 of each of the others.
    expect(grantedIn(await callers(states, 64, 10, one))).toBe(70)
  })

  it('charges nothing for what it was asked too late', async () => {
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    server.freeze()
    expect(grantedIn(await callers(states, 64, 1, one))).toBe(64)
    server.thaw()
    await untilMode('exact', ...states)
    await expect.poll(() => remaining(states[0].limits, limit)).toBe(36)
  })

  it('is told what the requests came to that ended meanwhile', async () => {
    const server = await startRedis()
    const tokens = charge(slidingLimit('tokens', { amount: 1_000, metric: 'tokens' }), 400)
    const budget = charge(calendarLimit('budget', 'day', { amount: 900 }), 300)
    const place = charge(concurrentLimit('places', 5))
    const charges = [tokens, budget, place]
    const limits = () => charges.map((each) => each.limit)
    const state = await openState(addressOf(server.port, { timeoutMs }), { limits })
    const borrowed = async (ticket: string) => {
      const answer = await ask(state, ticket, charges)
      if (!answer.granted) throw new Error('there was room')
      return (actual: number) =>
        state.limits.settle(
          charges.map((each) => {
            return { ticket, charge: each, actual: each === place ? 0 : actual, at: answer.at }
          }),
        )
    }
    const before = await borrowed(newTicket())
    server.freeze()
    const during = await borrowed(newTicket())
    before(100)
    during(200)
    await borrowed(newTicket())
    server.thaw()
    await untilMode('exact', state)
    await expect.poll(() => leftIn(state, charges)).toEqual([300, 300, 4])
    const books = await state.limits.books({ subject: null, limit: 10 })
    expect(books.map(({ reserved }) => reserved).sort()).toEqual([1, 300, 400])
  })
})

describe.skipIf(!redisPresent)('a Redis that ends', () => {
  it('and begins again with nothing is told what each gateway gave out', async () => {
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    expect(grantedIn(await callers(states, 8, 5, one))).toBe(40)
    await server.kill()
    await untilMode('local', ...states)
    expect(grantedIn(await callers(states, 16, 2, one))).toBe(32)
    await server.restart()
    await untilMode('exact', ...states)
    await expect.poll(() => remaining(states[0].limits, limit)).toBe(28)
    expect(grantedIn(await callers(states, 64, 2, one))).toBe(28)
  })

  it('and begins again with what it had saved long before is told what came after', async () => {
    const server = await startRedis()
    const budget = calendarLimit('budget', 'month', { amount: 1_000 })
    const charges = () => [charge(limit), charge(budget)]
    const states = await openFour(server.port)
    expect(grantedIn(await callers(states, 8, 2, charges))).toBe(16)
    await server.command('SAVE')
    expect(grantedIn(await callers(states, 8, 3, charges))).toBe(24)
    await server.restart()
    await untilMode('local', ...states)
    expect(grantedIn(await callers(states, 4, 1, charges))).toBe(4)
    await untilMode('exact', ...states)
    await expect.poll(() => leftIn(states[0], charges())).toEqual([56, 956])
  })

  it('was never there: the first gateway begins alone, and tells it later', async () => {
    const server = await startRedis()
    await server.kill()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    expect(state.modes.map(([mode]) => mode)).toEqual(['local'])
    expect(state.modes[0]?.[1]).toContain('refuses connections')
    expect(grantedIn(await callers([state], 10, 3, one))).toBe(30)
    await server.restart()
    await untilMode('exact', state)
    await expect.poll(() => remaining(state.limits, limit)).toBe(70)
  })
})

describe.skipIf(!redisPresent)('a Redis that is slow', () => {
  it('is not waited for, and used again when it is fast', async () => {
    const server = await startRedis()
    const proxy = await startSlowProxy(server.port)
    const state = await openState(addressOf(proxy.port, { timeoutMs: 100 }))
    await untilMode('exact', state)
    proxy.delay(300)
    expect(grantedIn(await callers([state], 20, 4, one))).toBe(80)
    expect(modeOf(state)).toBe('local')
    proxy.delay(0)
    await untilMode('exact', state)
    await expect.poll(() => remaining(state.limits, limit)).toBe(20)
  })

  it('charges once what it did and could not say in time', async () => {
    const server = await startRedis()
    const proxy = await startSlowProxy(server.port)
    const state = await openState(addressOf(proxy.port, { timeoutMs: 100 }))
    const settled = charge(slidingLimit('settled', { amount: 100 }), 10)
    const ticket = newTicket()
    const answer = await ask(state, ticket, [settled])
    if (!answer.granted) throw new Error('there was room')
    // What is asked arrives at once; the answers are late.
    proxy.delayAnswers(300)
    const asked = callers([state], 10, 1, one)
    state.limits.settle([{ ticket, charge: settled, actual: 4, at: answer.at }])
    expect(grantedIn(await asked)).toBe(10)
    expect(Number(await server.command('ZCARD', '{test}:gateways'))).toBe(1)
    proxy.delayAnswers(0)
    await untilMode('exact', state)
    await expect.poll(() => leftIn(state, [charge(limit), settled])).toEqual([90, 96])
  })
})

describe.skipIf(!redisPresent)('a gateway', () => {
  it('that was busy itself does not take that for an outage', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs: 100 }))
    const asked = callers([state], 10, 2, one)
    for (const endMs = performance.now() + 400; performance.now() < endMs; );
    expect(grantedIn(await asked)).toBe(20)
    expect(state.modes.map(([mode]) => mode)).toEqual(['exact'])
  })

  it('that stood still together with Redis does not take that for an outage', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    await callers([state], 1, 1, one)
    server.freeze()
    const asked = callers([state], 10, 2, one)
    // Until it is written.
    await turn()
    await turn()
    for (const endMs = performance.now() + 2 * timeoutMs; performance.now() < endMs; );
    server.thaw()
    expect(grantedIn(await asked)).toBe(20)
    expect(state.modes.map(([mode]) => mode)).toEqual(['exact'])
  })

  it('that was killed holds its places no longer than their lease', async () => {
    const server = await startRedis()
    const places = charge(concurrentLimit('places', 10))
    const child = await startHolder(server.port, 10)
    const state = await openState(addressOf(server.port))
    expect(await ask(state, newTicket(), [places])).toMatchObject({ granted: false })
    child.kill('SIGKILL')
    const key = '{test}:book:places held\tuser:alice'
    const held = await server.command('ZRANGE', key, '0', '-1', 'WITHSCORES')
    if (!Array.isArray(held)) throw new Error('no places')
    const tickets = held.flat().filter((each) => typeof each === 'string' && each.startsWith('wb_'))
    expect(tickets).toHaveLength(10)
    const lastMs = Math.max(...held.flat().map(Number).filter(Number.isFinite))
    expect(lastMs).toBeLessThanOrEqual(Date.now() + 30_000)
    // As if the lease were over.
    for (const ticket of tickets) await server.command('ZINCRBY', key, '-30000', ticket)
    expect(grantedIn(await callers([state], 12, 1, () => [places]))).toBe(10)
  })
})
