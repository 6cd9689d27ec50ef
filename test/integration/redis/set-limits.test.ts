import { describe, expect, it } from 'vitest'
import type { SetLimit } from '../../../src/core/limits/set-limit.ts'
import { charge, newTicket, slidingLimit } from '../../conformance/limits/limits.ts'
import { until } from '../../support/gateway.ts'
import { redisPresent, startRedis } from '../../support/redis-server.ts'
import { addressOf } from './address.ts'
import { ask } from './callers.ts'
import { openState, untilMode } from './states.ts'

function quota(id: string, amount = 5): SetLimit {
  const of = { scope: 'user', value: id, metric: 'requests', per: 'minute' } as const
  return { id, ...of, amount, burst: 1, expiresAtMs: 2e12, setAtMs: 1, setBy: 'a test' }
}

describe.skipIf(!redisPresent)('limits set at run time', () => {
  it('are kept and removed for all gateways', async () => {
    const { port } = await startRedis()
    const one = await openState(addressOf(port))
    const two = await openState(addressOf(port))
    await one.setLimits.put(quota('alice'))
    await two.setLimits.put(quota('bob', 7))
    await one.setLimits.put(quota('alice', 6))
    const byId = (all: readonly SetLimit[]) => all.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    expect(byId(await one.setLimits.load())).toEqual([quota('alice', 6), quota('bob', 7)])
    expect(byId(await two.setLimits.load())).toEqual([quota('alice', 6), quota('bob', 7)])
    expect(await two.setLimits.remove('alice')).toBe(true)
    expect(await two.setLimits.remove('alice')).toBe(false)
    expect(await one.setLimits.load()).toEqual([quota('bob', 7)])
  })

  it('are known to other gateways with their next request, and without one soon', async () => {
    const { port } = await startRedis()
    const one = await openState(addressOf(port))
    const two = await openState(addressOf(port))
    const seen: string[][] = []
    two.setLimits.watch((all) => seen.push(all.map(({ id }) => id)))
    const own: unknown[] = []
    one.setLimits.watch((all) => own.push(all))
    await two.setLimits.load()
    await one.setLimits.put(quota('alice'))
    await ask(two, newTicket(), [charge(slidingLimit('any', { amount: 5 }))])
    await until(() => seen.length === 1)
    await one.setLimits.put(quota('bob'))
    await until(() => seen.length === 2)
    expect(seen.map((ids) => ids.toSorted())).toEqual([['alice'], ['alice', 'bob']])
    expect(own).toEqual([])
  })

  it('cannot be set while Redis is away, and are as they were', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs: 200 }))
    await state.setLimits.put(quota('alice'))
    await server.kill()
    await untilMode('local', state)
    await expect(state.setLimits.put(quota('bob'))).rejects.toThrow('out of reach')
    await expect(state.setLimits.remove('alice')).rejects.toThrow('out of reach')
    expect(await state.setLimits.load()).toEqual([quota('alice')])
    const late = await openState(addressOf(server.port, { timeoutMs: 200 }))
    await expect(late.setLimits.load()).rejects.toThrow('out of reach')
  })

  it('that cannot be read are told of and left out', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port))
    await state.setLimits.put(quota('alice'))
    await server.command('HSET', '{test}:limits', 'odd', '{"id":"odd","amount":-1}')
    expect(await state.setLimits.load()).toEqual([quota('alice')])
    expect(state.problems).toEqual(['The limit odd in Redis cannot be read.'])
  })
})
