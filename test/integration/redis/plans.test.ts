import { describe, expect, it } from 'vitest'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  slidingLimit,
} from '../../conformance/limits/limits.ts'
import { monitored, redisPresent, startRedis } from '../../support/redis-server.ts'
import { addressOf } from './address.ts'
import { ask, leftIn } from './callers.ts'
import { openFour, openState, untilMode } from './states.ts'

describe.skipIf(!redisPresent)('what a gateway leaves out of a plan', () => {
  it.each([
    calendarLimit('budget', 'day', { amount: 10, metric: 'cost' }),
    concurrentLimit('places', 10),
  ])('is nothing that another gateway may have given back: $id', async (limit) => {
    const server = await startRedis()
    const one = await openState(addressOf(server.port))
    const other = await openState(addressOf(server.port))
    const tickets = Array.from({ length: 10 }, newTicket)
    const held = charge(limit)
    const answers = await Promise.all(tickets.map((ticket) => ask(other, ticket, [held])))
    expect(await ask(one, newTicket(), [held])).toMatchObject({ granted: false })
    for (const [index, answer] of answers.entries()) {
      if (!answer.granted) throw new Error('there was room')
      const ticket = tickets[index] ?? ''
      other.limits.settle([{ ticket, charge: held, actual: 0, at: answer.at }])
    }
    await leftIn(other, [])
    expect(one.limits.wouldDeny([held])).toBeNull()
    expect(await ask(one, newTicket(), [held])).toMatchObject({ granted: true })
  })

  it.each([1, 4])('are places that it holds itself, as one of %i', async (count) => {
    const server = await startRedis()
    const [state] =
      count === 1 ? [await openState(addressOf(server.port))] : await openFour(server.port)
    const place = charge(concurrentLimit('places', 1))
    const ticket = newTicket()
    const answer = await ask(state, ticket, [place])
    if (!answer.granted) throw new Error('there was room')
    expect(state.limits.wouldDeny([place])).toMatchObject({ remaining: 0, retryAfterMs: 1_000 })
    state.limits.settle([{ ticket, charge: place, actual: 0, at: answer.at }])
    expect(state.limits.wouldDeny([place])).toBeNull()
  })
})

describe.skipIf(!redisPresent)('a share of a limit that is too small', () => {
  it('asks to come back when Redis is there', async () => {
    const limit = slidingLimit('requests', { amount: 3, metric: 'requests' })
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    await server.kill()
    await untilMode('local', ...states)
    const denial = { needed: 1, retryAfterMs: 5_000 }
    expect(await ask(states[0], newTicket(), [charge(limit)])).toMatchObject({ denial })
    expect(states[0].limits.wouldDeny([charge(limit)])).toMatchObject(denial)
  })

  it('leaves in a plan what it would let pass', async () => {
    const server = await startRedis()
    const tokens = slidingLimit('tokens', { amount: 10_000 })
    const states = await openFour(server.port, tokens)
    await server.kill()
    await untilMode('local', ...states)
    expect(states[0].limits.wouldDeny([charge(tokens, 3_000)])).toBeNull()
    const tooMuch = [charge(tokens, 11_000)]
    expect(states[0].limits.wouldDeny(tooMuch)).toMatchObject({ retryAfterMs: null })
    const granted = await ask(states[0], newTicket(), [charge(tokens, 3_000)])
    expect(granted).toMatchObject({ granted: true })
  })
})

describe.skipIf(!redisPresent)('a cleanup', () => {
  it('asks Redis nothing: its books expire', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port))
    await ask(state, newTicket(), [charge(slidingLimit('tokens', { amount: 100 }))])
    const commands = await monitored(server, async () => {
      await state.limits.cleanup(0)
      await state.setLimits.load()
    })
    expect(commands.filter((line) => /"(SCAN|DEL)"/i.test(line))).toEqual([])
  })
})
