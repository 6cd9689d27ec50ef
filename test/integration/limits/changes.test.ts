import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { arrayAt, type JsonObject, numberAt, parseJson } from '../../../src/core/json.ts'
import { type Caller, chatOf, openCaller } from '../../support/caller.ts'
import { temporaryDirectory, until } from '../../support/gateway.ts'
import { bookAt } from '../../support/limit-books.ts'
import { providerAt, startLimited, testAdminToken, yamlOf } from '../../support/limited-gateway.ts'
import { startMeteredUpstream } from '../../support/metered-upstream.ts'
import { runWaybill, startWaybillProcess } from '../../support/waybill-process.ts'

const models = { chat: { targets: ['up/m'] } }

describe('an amount that is changed in the configuration under load', () => {
  it('binds at once, what was used stays used, and no request fails', async () => {
    const upstream = await startMeteredUpstream(() => ({ firstMs: 2, words: 2, wordMs: 2 }))
    const sections = (requests: number | null): JsonObject => ({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      limits: requests === null ? {} : { global: [{ per: 'hour', requests }] },
    })
    const gateway = await startLimited(sections(200))
    const { file, waybill, admin, caller } = gateway
    const statuses = new Set<number>()
    let over = false
    const client = async (number: number) => {
      const body = chatOf('chat', { stream: number % 2 === 0 })
      while (!over) {
        const { status, complete } = await caller.ask({ body })
        statuses.add(complete ? status : -1)
        if (status === 429) await pause(5)
      }
    }
    const load = Promise.all(Array.from({ length: 16 }, (_, number) => client(number)))
    const change = async (requests: number | null) => {
      const { generation } = waybill.catalog()
      writeFileSync(file, yamlOf(sections(requests)))
      await until(() => waybill.catalog().generation > generation)
    }
    const seenSoon = async () => {
      await pause(400)
      return upstream.seen.length
    }
    await until(() => upstream.seen.length === 200)
    expect(await seenSoon()).toBe(200)
    await change(450)
    await until(() => upstream.seen.length === 450)
    expect(await seenSoon()).toBe(450)
    // Less than what was used already.
    await change(300)
    expect(await seenSoon()).toBe(450)
    expect(await bookAt(admin, 'global requests/hour')).toMatchObject({
      limit: 300,
      used: 450,
      remaining: -150,
    })
    await change(451)
    expect(await seenSoon()).toBe(451)
    await change(null)
    await until(() => upstream.seen.length > 500)
    over = true
    await load
    expect([...statuses].sort()).toEqual([200, 429])
  })
})

interface Running {
  readonly caller: Caller
  /** `waybill limits …` for this gateway, as a user runs it. Tells its exit code and what it said. */
  limits(...args: string[]): Promise<[code: number | null, said: string]>
  kill(): Promise<void>
}

async function running(directory: string, yaml: string): Promise<Running> {
  const environment = { WAYBILL_ADMIN_TOKEN: testAdminToken }
  const waybill = await startWaybillProcess({ directory, yaml, environment })
  const { admin } = waybill.log().find(({ msg }) => msg === 'listening') ?? {}
  return {
    caller: openCaller(waybill.url),
    async limits(...args) {
      const command = ['limits', ...args, '--admin', String(admin)]
      const run = runWaybill(command, { environment, directory: temporaryDirectory() })
      const { code } = await run.exited()
      return [code, `${run.stdout()}${run.stderr()}`]
    },
    async kill() {
      const exited = once(waybill.child, 'exit')
      waybill.child.kill('SIGKILL')
      await exited
    },
  }
}

/** Statuses of so many requests of a user, one after the other. */
async function statuses({ caller }: Running, user: string, times: number): Promise<number[]> {
  const found: number[] = []
  for (let time = 0; time < times; time++) {
    const headers = { 'x-waybill-user': user }
    found.push((await caller.ask({ body: chatOf('chat'), headers })).status)
  }
  return found
}

const [served, refused] = [200, 429]

describe('a limit that is set while the gateway runs', () => {
  it('binds at the next request, survives the end of the process, and expires', async () => {
    const upstream = await startMeteredUpstream()
    const yaml = yamlOf({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      limits: { user: [{ per: 'minute', requests: 10 }] },
    })
    const directory = temporaryDirectory()
    const first = await running(directory, yaml)
    const quota = (limit: string) => [
      'set',
      '--user',
      'alice',
      '--limit',
      limit,
      '--window',
      'minute',
    ]
    expect(await first.limits(...quota('3'))).toMatchObject([
      0,
      expect.stringContaining('user:alice'),
    ])
    expect(await statuses(first, 'alice', 4)).toEqual([served, served, served, refused])
    expect(await statuses(first, 'bob', 4)).toEqual([served, served, served, served])
    await first.kill()

    const second = await running(directory, yaml)
    expect(await statuses(second, 'alice', 1)).toEqual([refused])
    // What she has used already counts.
    expect((await second.limits(...quota('4'), '--expires', '4s'))[0]).toBe(0)
    expect(await statuses(second, 'alice', 2)).toEqual([served, refused])
    expect((await second.limits('config', '--user', 'alice'))[1]).toMatch(/user:alice .*\b4\b/)
    await until(async () => (await statuses(second, 'alice', 1))[0] === served)
    expect((await second.limits('config', '--user', 'alice'))[1]).not.toContain('alice')
    expect((await second.limits(...quota('1')))[0]).toBe(0)
    const removed = await second.limits('remove', '--user', 'alice')
    expect(removed).toEqual([0, 'user:alice requests/minute\n'])
    expect((await second.limits('reset', '--user', 'alice'))[0]).toBe(0)
    expect(await statuses(second, 'alice', 11)).toEqual([...Array(10).fill(served), refused])
    expect(upstream.seen).toHaveLength(3 + 4 + 1 + 1 + 10)
  })

  it('counts what was used before it, and what was used with it counts after it', async () => {
    const upstream = await startMeteredUpstream()
    const yaml = yamlOf({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      limits: { user: [{ per: 'hour', requests: 5 }] },
    })
    const directory = temporaryDirectory()
    const first = await running(directory, yaml)
    const quota = ['set', '--user', 'alice', '--window', 'hour', '--limit']
    const used = async ({ limits }: Running) =>
      numberAt(
        arrayAt(parseJson((await limits('status', '--user', 'alice', '--json'))[1]), 'limits')[0],
        'used',
      )
    expect(await statuses(first, 'alice', 6)).toEqual([...Array(5).fill(served), refused])
    expect((await first.limits(...quota, '3'))[0]).toBe(0)
    expect(await statuses(first, 'alice', 1)).toEqual([refused])
    expect((await first.limits(...quota, '7'))[0]).toBe(0)
    expect(await statuses(first, 'alice', 1)).toEqual([served])
    await first.kill()

    const second = await running(directory, yaml)
    expect(await used(second)).toBe(6)
    expect(await statuses(second, 'alice', 2)).toEqual([served, refused])
    expect((await second.limits('status', '--user', 'alice'))[1]).toMatch(
      /user:alice +requests +hour +7 +0 +7 +0 +0 /,
    )
    expect((await second.limits('remove', '--user', 'alice'))[0]).toBe(0)
    expect(await statuses(second, 'alice', 1)).toEqual([refused])
    expect(await used(second)).toBe(7)
    expect((await second.limits(...quota, '8', '--expires', '2s'))[0]).toBe(0)
    expect(await statuses(second, 'alice', 2)).toEqual([served, refused])
    await until(async () => (await second.limits('config'))[1].includes('alice') === false)
    expect(await statuses(second, 'alice', 1)).toEqual([refused])
    expect(await statuses(second, 'bob', 6)).toEqual([...Array(5).fill(served), refused])
    expect(upstream.seen).toHaveLength(8 + 5)
  })

  it('on money binds as well: for one client, whatever user it names', async () => {
    const upstream = await startMeteredUpstream(() => ({
      usage: { prompt_tokens: 10, completion_tokens: 1_000 },
    }))
    const price = { input: 0, output: 100 }
    const yaml = yamlOf({
      providers: { up: providerAt(upstream.baseUrl, { models: { m: { price } } }) },
      models,
    })
    const gateway = await running(temporaryDirectory(), yaml)
    // Ten cents each.
    expect(await statuses(gateway, 'alice', 2)).toEqual([served, served])
    const set = [
      'set',
      '--client',
      'local',
      '--metric',
      'cost',
      '--limit',
      '0.25',
      '--window',
      'day',
    ]
    expect((await gateway.limits(...set))[0]).toBe(0)
    const found = await statuses(gateway, 'bob', 6)
    expect(found.filter((status) => status === served).length).toBeLessThanOrEqual(3)
    expect(found.at(-1)).toBe(refused)
  })
})

describe('a request that a limit turns away', () => {
  it.each([
    ['its user', { user: [{ per: 'hour', requests: 2 }] }, {}],
    ['the tokens of its client', { client: [{ per: 'hour', outputTokens: 30 }] }, {}],
    ['a budget', { global: [{ per: 'day', cost: 0.003 }] }, {}],
    ['its provider', {}, { limits: [{ per: 'hour', requests: 2 }] }],
  ])('of %s stands among the violations', async (_of, limits, provider) => {
    const upstream = await startMeteredUpstream(() => ({ words: 15 }))
    const model = { price: { input: 0, output: 100 } }
    const { caller, admin } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl, { models: { m: model }, ...provider }) },
      models,
      limits,
    })
    const found: number[] = []
    for (let at = 0; at < 6; at++) {
      const body = chatOf('chat', { max_tokens: 15, user: 'alice' })
      found.push((await caller.ask({ body })).status)
    }
    expect(found).toEqual([served, served, refused, refused, refused, refused])
    const listed = async () => {
      const headers = { authorization: `Bearer ${admin.token}` }
      const reply = await fetch(`${admin.url}/api/v1/limits/violations`, { headers })
      return arrayAt(parseJson(await reply.text()), 'violations')
    }
    await expect.poll(async () => (await listed()).length).toBe(4)
    for (const row of await listed()) {
      expect(row).toMatchObject({ model: 'chat', client: 'local', user: 'alice' })
    }
  })
})
