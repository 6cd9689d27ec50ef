import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type JsonObject, objectAt, parseJson, stringAt } from '../../../src/core/json.ts'
import { type Called, type Caller, chatOf, openCaller } from '../../support/caller.ts'
import { until } from '../../support/gateway.ts'
import { type AdminAt, booksAt } from '../../support/limit-books.ts'
import { providerAt, testAdminToken, yamlOf } from '../../support/limited-gateway.ts'
import {
  type Answering,
  type MeteredUpstream,
  startMeteredUpstream,
} from '../../support/metered-upstream.ts'
import { quietZone } from '../../support/quiet-zone.ts'
import { type RedisServer, redisPresent, startRedis } from '../../support/redis-server.ts'
import { type RunningWaybill, startWaybillProcess } from '../../support/waybill-process.ts'
import { clientKey } from '../routing/stage.ts'

const { key, headers } = clientKey('web')
const processes = 4

interface Fleet {
  readonly redis: RedisServer
  readonly upstream: MeteredUpstream
  readonly gateways: readonly RunningWaybill[]
  readonly callers: readonly Caller[]
  readonly admins: readonly AdminAt[]
  /** All gateways count together again, or alone. */
  untilMode(mode: 'exact' | 'local'): Promise<void>
}

/** Four gateway processes before one provider and one Redis, with these limits for one client. */
async function startFleet(
  limits: readonly JsonObject[],
  answering: () => Answering = () => ({ firstMs: 3 }),
): Promise<Fleet> {
  const redis = await startRedis()
  const upstream = await startMeteredUpstream(answering)
  const yaml = yamlOf({
    // Other processes of this machine may take all of its time for a while.
    state: `redis://127.0.0.1:${redis.port}?timeout=300ms`,
    providers: { up: providerAt(upstream.baseUrl, { models: { m: { price: 'free' } } }) },
    models: { chat: { targets: ['up/m'] } },
    clients: { web: { key, limits: [...limits] }, other: { key: clientKey('other').key } },
  })
  const environment = { WAYBILL_ADMIN_TOKEN: testAdminToken }
  const gateways = await Promise.all(
    Array.from({ length: processes }, () => startWaybillProcess({ yaml, environment })),
  )
  const limitsOf = async ({ url }: RunningWaybill) => {
    const body = parseJson(await (await fetch(`${url}/health`)).text())
    return objectAt(body, 'limits') ?? {}
  }
  await until(async () =>
    (await Promise.all(gateways.map(limitsOf))).every((found) => found['replicas'] === processes),
  )
  return {
    redis,
    upstream,
    gateways,
    callers: gateways.map(({ url }) => openCaller(url)),
    admins: gateways.map((gateway) => {
      const { admin } = gateway.log().find(({ msg }) => msg === 'listening') ?? {}
      return { url: String(admin), token: testAdminToken }
    }),
    untilMode: (mode) =>
      until(async () =>
        (await Promise.all(gateways.map(limitsOf))).every((found) => found['mode'] === mode),
      ),
  }
}

interface Hammering {
  /** All answers so far. */
  readonly answers: readonly Called[]
  stop(): Promise<void>
}

/** 64 clients, spread over the gateways, who ask without end. */
function hammer({ callers }: Fleet, everyMs = 5): Hammering {
  const answers: Called[] = []
  let over = false
  const client = async (number: number) => {
    const caller = callers[number % callers.length]
    while (!over && caller !== undefined) {
      const body = chatOf('chat', { stream: number % 2 === 0 })
      answers.push(await caller.ask({ body, headers }))
      await pause(everyMs)
    }
  }
  const all = Promise.all(Array.from({ length: 64 }, (_, number) => client(number)))
  return {
    answers,
    async stop() {
      over = true
      await all
    },
  }
}

function slowest(answers: readonly Called[]): number {
  return Math.max(...answers.map(({ totalMs }) => totalMs))
}

const perMinute = [{ per: 'minute', requests: 100 }]
/** A request that hangs waits for much longer; a machine that is busy makes one wait for less. */
const longestMs = 5_000

const nemeses: readonly [
  string,
  (redis: RedisServer) => Promise<void>,
  (redis: RedisServer) => Promise<void>,
][] = [
  ['is frozen', async (redis) => redis.freeze(), async (redis) => redis.thaw()],
  ['is killed', (redis) => redis.kill(), (redis) => redis.restart()],
  [
    'takes no writes',
    async (redis) => void (await redis.command('REPLICAOF', '127.0.0.1', '1')),
    async (redis) => void (await redis.command('REPLICAOF', 'NO', 'ONE')),
  ],
]

describe.skipIf(!redisPresent)('four gateways under load, whose Redis', () => {
  it.each(nemeses)(
    '%s: nobody waits, each gives out its share, and all count together again',
    async (_what, away, back) => {
      const fleet = await startFleet(perMinute)
      const { redis, upstream } = fleet
      const load = hammer(fleet)
      await until(() => upstream.seen.length >= 40)
      await away(redis)
      await fleet.untilMode('local')
      await pause(1_500)
      const sinceMs = performance.now()
      await back(redis)
      await fleet.untilMode('exact')
      const backMs = performance.now() - sinceMs
      await pause(1_000)
      const { length: admitted } = upstream.seen
      await pause(1_000)
      await load.stop()
      const statuses = new Set(load.answers.map(({ status }) => status))
      expect([...statuses].sort()).toEqual([200, 429])
      expect(slowest(load.answers)).toBeLessThan(longestMs)
      // Beyond the limit no more than a share for each process: while it is away, and until all are back.
      expect(admitted).toBeGreaterThanOrEqual(100)
      expect(admitted).toBeLessThanOrEqual(100 + processes * 25)
      expect(upstream.seen).toHaveLength(admitted)
      expect(backMs).toBeLessThan(6_000)
      for (const admin of fleet.admins) {
        const books = await booksAt(admin)
        expect(books).toMatchObject([{ id: 'client:web requests/minute', used: admitted }])
      }
    },
  )

  it('is emptied (FLUSHALL): nothing is given out twice', async () => {
    const fleet = await startFleet(perMinute)
    const { redis, upstream } = fleet
    const load = hammer(fleet)
    await until(() => upstream.seen.length >= 50)
    await redis.command('FLUSHALL')
    await until(() => load.answers.filter(({ status }) => status === 429).length > 300)
    await fleet.untilMode('exact')
    await pause(500)
    await load.stop()
    expect(slowest(load.answers)).toBeLessThan(longestMs)
    expect(upstream.seen.length).toBeGreaterThanOrEqual(100)
    expect(upstream.seen.length).toBeLessThanOrEqual(125)
  })

  it('loses one of them (SIGKILL): what it gave out stays counted', async () => {
    const fleet = await startFleet(perMinute)
    const { upstream, gateways } = fleet
    const load = hammer(fleet)
    await until(() => upstream.seen.length >= 30)
    const [first] = gateways
    const exited = first === undefined ? null : once(first.child, 'exit')
    first?.child.kill('SIGKILL')
    await exited
    await until(() => load.answers.filter(({ status }) => status === 429).length > 300)
    await load.stop()
    // It may have charged some that it did not come to send.
    expect(upstream.seen.length).toBeLessThanOrEqual(100)
    expect(upstream.seen.length).toBeGreaterThanOrEqual(100 - 16)
  })
})

describe.skipIf(!redisPresent)('four gateways and one Redis', () => {
  it('never have more than five requests of a client at the provider', async () => {
    const fleet = await startFleet([{ concurrent: 5 }], () => ({
      firstMs: 10,
      words: 3,
      wordMs: 5,
    }))
    const load = hammer(fleet)
    await until(() => fleet.upstream.seen.length >= 200)
    await load.stop()
    expect(fleet.upstream.mostAtOnce()).toBe(5)
    const served = load.answers.filter(({ status }) => status === 200)
    expect(served).toHaveLength(fleet.upstream.seen.length)
    await until(async () => {
      const [books = []] = await Promise.all(fleet.admins.map(booksAt))
      return books.every(({ used, reserved }) => used === 0 && reserved === 0)
    })
  })

  it('answer 503 for a strict budget while Redis is away, and serve everybody else', async () => {
    const strict = [{ per: 'day', cost: 5, strict: true, timeZone: quietZone() }]
    const fleet = await startFleet(strict)
    const ask = (who: 'web' | 'other') =>
      Promise.all(
        fleet.callers.map((caller) =>
          caller.ask({ body: chatOf('chat'), headers: clientKey(who).headers }),
        ),
      )
    const statuses = (answers: readonly Called[]) => answers.map(({ status }) => status)
    expect(statuses(await ask('web'))).toEqual([200, 200, 200, 200])
    fleet.redis.freeze()
    await ask('web')
    const refused = await ask('web')
    expect(statuses(refused)).toEqual([503, 503, 503, 503])
    for (const { headers: told, text } of refused) {
      expect(Number(told['retry-after'])).toBeGreaterThan(0)
      expect(stringAt(objectAt(parseJson(text), 'error') ?? {}, 'message')).toContain('strict')
    }
    expect(statuses(await ask('other'))).toEqual([200, 200, 200, 200])
    fleet.redis.thaw()
    await fleet.untilMode('exact')
    expect(statuses(await ask('web'))).toEqual([200, 200, 200, 200])
  })

  it('hold a limit that was set at one of them from the next request on', async () => {
    const fleet = await startFleet([])
    const [admin] = fleet.admins
    const reply = await fetch(`${admin?.url}/api/v1/limits`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${testAdminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client: 'web', limit: 10, window: 'minute' }),
    })
    expect(reply.status).toBe(200)
    // Who has heard nothing of Redis yet since then asks it now at the latest.
    await pause(1_500)
    const load = hammer(fleet)
    await until(() => load.answers.filter(({ status }) => status === 429).length > 100)
    await load.stop()
    expect(fleet.upstream.seen).toHaveLength(10)
  })
})
