import { describe, expect, it } from 'vitest'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  newTicket,
  remaining,
  slidingLimit,
} from '../../conformance/limits/limits.ts'
import { until } from '../../support/gateway.ts'
import { type RedisServer, redisPresent, startRedis } from '../../support/redis-server.ts'
import { addressOf } from './address.ts'
import { ask, callers, grantedIn, leftIn } from './callers.ts'
import { modeOf, openFour, openState, untilMode } from './states.ts'

const limit = slidingLimit('per minute', { amount: 100 })
const one = () => [charge(limit)]
const timeoutMs = 200

describe.skipIf(!redisPresent)('a Redis whose data is gone (FLUSHALL)', () => {
  it('is told by every gateway what it gave out, and admits nothing twice', async () => {
    const server = await startRedis()
    const states = await openFour(server.port, limit)
    expect(grantedIn(await callers(states, 8, 5, one))).toBe(40)
    await server.command('FLUSHALL')
    // Each may give out its share meanwhile: 25 with the 10 that it gave out before.
    const between = grantedIn(await callers(states, 64, 5, one))
    expect(between).toBeLessThanOrEqual(60)
    await untilMode('exact', ...states)
    await expect.poll(() => remaining(states[0].limits, limit)).toBe(60 - between)
    expect(grantedIn(await callers(states, 64, 5, one))).toBe(60 - between)
    for (const { modes } of states) {
      expect(modes.map(([mode]) => mode)).toEqual(['exact', 'local', 'exact'])
      expect(modes[1]?.[1]).toContain('has lost its data')
    }
  })

  it('knows a budget again as far as anyone has seen it', async () => {
    const server = await startRedis()
    const budget = calendarLimit('budget', 'month', { amount: 1_000, metric: 'cost' })
    const gone = await openState(addressOf(server.port, { timeoutMs }))
    await ask(gone, newTicket(), [charge(budget, 300)])
    const stays = await openState(addressOf(server.port, { timeoutMs }))
    await ask(stays, newTicket(), [charge(budget, 50)])
    await gone.close()
    await server.command('FLUSHALL')
    await untilMode('local', stays)
    await ask(stays, newTicket(), [charge(budget, 7)])
    await untilMode('exact', stays)
    await expect.poll(() => leftIn(stays, [charge(budget)])).toEqual([643])
  })

  it('keeps the places of requests under way, the burst owed, and limits set at run time', async () => {
    const server = await startRedis()
    const places = concurrentLimit('places', 5)
    const burst = slidingLimit('burst', { amount: 100, burst: 50 })
    const limits = () => [places, burst]
    const state = await openState(addressOf(server.port, { timeoutMs }), { limits })
    const set = {
      id: 'user:bob requests/minute',
      scope: 'user',
      value: 'bob',
      metric: 'requests',
      per: 'minute',
      amount: 5,
      burst: 0,
      expiresAtMs: null,
      setAtMs: 1,
      setBy: 'a test',
    } as const
    await state.setLimits.put(set)
    await ask(state, newTicket(), [charge(places), charge(burst, 120)])
    await server.command('FLUSHALL')
    await untilMode('local', state)
    await untilMode('exact', state)
    expect(await leftIn(state, [charge(places), charge(burst)])).toEqual([30, 4])
    expect(await state.setLimits.load()).toEqual([set])
  })
})

describe.skipIf(!redisPresent)('a Redis that refuses', () => {
  it('to write, as a replica of another one', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    await server.command('REPLICAOF', '127.0.0.1', '1')
    expect(grantedIn(await callers([state], 10, 2, one))).toBe(20)
    expect(modeOf(state)).toBe('local')
    expect(state.limits.health().message).toContain('is a read-only replica')
    await server.command('REPLICAOF', 'NO', 'ONE')
    await untilMode('exact', state)
    await expect.poll(() => remaining(state.limits, limit)).toBe(70)
    expect(state.limits.health().message).toBeNull()
  })

  it('to take more, having no memory left', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    expect(grantedIn(await callers([state], 10, 2, one))).toBe(20)
    expect(state.limits.health().message).toContain('has no memory left')
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    await untilMode('exact', state)
    await expect.poll(() => remaining(state.limits, limit)).toBe(80)
  })

  it('to run scripts', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    await server.command('ACL', 'SETUSER', 'default', '-evalsha', '-eval')
    expect(grantedIn(await callers([state], 10, 2, one))).toBe(20)
    expect(state.limits.health().message).toContain('does not let this user run')
    await server.command('ACL', 'SETUSER', 'default', '+evalsha', '+eval')
    await untilMode('exact', state)
    await expect.poll(() => remaining(state.limits, limit)).toBe(80)
  })

  it('its password, which is in no message', async () => {
    const server = await startRedis(['--requirepass', 'right'])
    const password = 'not-the-right-one'
    const state = await openState(addressOf(server.port, { password, timeoutMs }))
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    const { message } = state.limits.health()
    expect(message).toContain('does not accept the user and password')
    expect(JSON.stringify([message, state.modes, state.problems])).not.toContain(password)
  })
})

describe.skipIf(!redisPresent)('a Redis that', () => {
  it('forgets its scripts learns them again, and nobody notices', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port))
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    await server.command('SCRIPT', 'FLUSH')
    expect(grantedIn(await callers([state], 64, 2, one))).toBe(90)
    expect(state.modes.map(([mode]) => mode)).toEqual(['exact'])
  })

  it('cannot be asked to learn scripts is sent them', async () => {
    const server = await startRedis()
    await server.command('ACL', 'SETUSER', 'default', '-script')
    const state = await openState(addressOf(server.port))
    expect(grantedIn(await callers([state], 64, 2, one))).toBe(100)
    expect(modeOf(state)).toBe('exact')
  })

  it('may throw books away when its memory is full is told of', async () => {
    const server = await startRedis(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'])
    const state = await openState(addressOf(server.port))
    await until(() => state.problems.length > 0)
    expect(state.problems[0]).toContain('set it to noeviction')
  })

  it('is a cluster is asked at the node that keeps the books', async () => {
    const nodes = [
      await startRedis(['--cluster-enabled', 'yes']),
      await startRedis(['--cluster-enabled', 'yes']),
    ] as const
    // The slot of {test} is 6918.
    await nodes[0].command('CLUSTER', 'ADDSLOTSRANGE', '0', '5000')
    await nodes[1].command('CLUSTER', 'ADDSLOTSRANGE', '5001', '16383')
    await nodes[0].command('CLUSTER', 'MEET', '127.0.0.1', String(nodes[1].port))
    const isWhole = async ({ command }: RedisServer) =>
      String(await command('CLUSTER', 'INFO')).includes('cluster_state:ok')
    await until(async () => (await isWhole(nodes[0])) && (await isWhole(nodes[1])))
    const states = [
      await openState(addressOf(nodes[0].port)),
      await openState(addressOf(nodes[1].port)),
    ]
    await untilMode('exact', ...states)
    expect(grantedIn(await callers(states, 64, 3, one))).toBe(100)
    await states[0]?.setLimits.load()
    expect(await states[0]?.limits.books({ subject: null, limit: 5 })).toHaveLength(1)
  })

  it('holds something else under our keys has them emptied, and says so', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port), { limits: () => [limit] })
    const key = '{test}:book:per minute sliding 60000\tuser:alice'
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    expect(await server.command('TYPE', key)).toBe('hash')
    await server.command('SET', key, 'something else')
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    expect(state.problems[0]).toContain('held something else')
    await server.command('SET', '{test}:gate', 'something else')
    expect(grantedIn(await callers([state], 10, 1, one))).toBe(10)
    await untilMode('exact', state)
    expect(await remaining(state.limits, limit)).toBe(70)
  })

  it.each([3_600_000, -3_600_000, 86_400_000, -86_400_000])(
    'has its clock set by %i ms fills nothing and closes nothing',
    async (stepMs) => {
      const server = await startRedis()
      const day = calendarLimit('day', 'day', { amount: 100 })
      const charges = () => [charge(limit), charge(day)]
      const states = await openFour(server.port, limit, day)
      expect(grantedIn(await callers(states, 8, 5, charges))).toBe(40)
      // To scripts this is the same as if the clock of the machine were set.
      const skew = Number((await server.command('HGET', '{test}:gate', 'skew')) ?? 0)
      await server.command('HSET', '{test}:gate', 'skew', String(skew + stepMs))
      const between = grantedIn(await callers(states, 64, 4, charges))
      expect(between).toBeLessThanOrEqual(60)
      await untilMode('exact', ...states)
      await expect.poll(() => leftIn(states[0], charges())).toEqual([60 - between, 60 - between])
    },
  )
})

describe.skipIf(!redisPresent)('a clock that was set while no gateway was there', () => {
  it('far back closes no window for longer than its length', async () => {
    const server = await startRedis()
    const short = slidingLimit('short', { amount: 10 }, 400)
    const charges = () => [charge(short)]
    await server.command('HSET', '{test}:gate', 'skew', '86400000')
    const before = await openState(addressOf(server.port))
    expect(grantedIn(await callers([before], 10, 1, charges))).toBe(10)
    await before.close()
    await server.command('HSET', '{test}:gate', 'skew', '0')
    await server.command('PERSIST', '{test}:book:short sliding 400\tuser:alice')
    const after = await openState(addressOf(server.port))
    expect(await ask(after, newTicket(), charges())).toMatchObject({
      granted: false,
      denial: { remaining: 0 },
    })
    await until(async () => grantedIn(await callers([after], 1, 1, charges)) === 1)
  })
})

describe.skipIf(!redisPresent)('a strict limit', () => {
  const strict = slidingLimit('strict', { amount: 100, strict: true })

  it('admits nobody while Redis is away, and nobody else is refused', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    await server.kill()
    await untilMode('local', state)
    const answer = await ask(state, newTicket(), [charge(limit), charge(strict)])
    expect(answer).toEqual({ granted: false, unavailable: strict })
    expect(await ask(state, newTicket(), one())).toMatchObject({ granted: true })
  })

  it('of a target leaves the others, and names their places in the plan', async () => {
    const server = await startRedis()
    const state = await openState(addressOf(server.port, { timeoutMs }))
    await server.kill()
    await untilMode('local', state)
    const options = [[charge(strict)], [charge(limit)]]
    expect(await ask(state, newTicket(), one(), options)).toMatchObject({
      granted: true,
      option: 1,
    })
    const all = [[charge(strict)], [charge(strict)]]
    expect(await ask(state, newTicket(), one(), all)).toEqual({
      granted: false,
      unavailable: strict,
    })
  })
})
