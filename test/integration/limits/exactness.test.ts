import { describe, expect, it } from 'vitest'
import { chatOf } from '../../support/caller.ts'
import { until } from '../../support/gateway.ts'
import { bookAt, metricAt } from '../../support/limit-books.ts'
import { providerAt, startLimited } from '../../support/limited-gateway.ts'
import { startMeteredUpstream } from '../../support/metered-upstream.ts'
import { clientKey } from '../routing/stage.ts'

const models = { chat: { targets: ['up/m'] } }
const { key, headers } = clientKey('web')

/** So many clients ask without a pause, until the time is over. Tells how many got what. */
async function hammer(clients: number, forMs: number, ask: () => Promise<number>) {
  const statuses = new Map<number, number>()
  const untilMs = performance.now() + forMs
  const client = async () => {
    do {
      const status = await ask()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    } while (performance.now() < untilMs)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return statuses
}

describe('a limit of 100 requests per minute', () => {
  it.each([
    [100, 0],
    [110, 10],
  ])('admits exactly %i of 64 clients that hammer, with a burst of %i', async (admitted, burst) => {
    const upstream = await startMeteredUpstream(() => ({ firstMs: 3 }))
    const { url, admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      clients: { web: { key, limits: [{ per: 'minute', requests: 100, burst }] } },
    })
    const body = chatOf('chat')
    const statuses = await hammer(
      64,
      4_000,
      async () => (await caller.ask({ body, headers })).status,
    )
    expect(upstream.seen).toHaveLength(admitted)
    expect(statuses.get(200)).toBe(admitted)
    expect([...statuses.keys()].sort()).toEqual([200, 429])
    expect(statuses.get(429)).toBeGreaterThan(100)
    const book = await bookAt(admin, 'client:web requests/minute')
    expect(book).toMatchObject({ used: admitted, reserved: 0, remaining: 0 })
    expect(await metricAt(url, 'waybill_limit_reservations')).toBe(0)
  })

  it('gives nothing away to failures, and counts streams as well', async () => {
    const upstream = await startMeteredUpstream(({ number }) =>
      number % 3 === 0 ? { status: 400 } : { firstMs: 2, words: 3, wordMs: 2 },
    )
    const { admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      clients: { web: { key, limits: [{ per: 'minute', requests: 100 }] } },
    })
    let asked = 0
    await hammer(64, 2_000, async () => {
      const stream = asked++ % 2 === 0
      return (await caller.ask({ body: chatOf('chat', { stream }), headers })).status
    })
    expect(upstream.seen).toHaveLength(100)
    expect(await bookAt(admin, 'client:web requests/minute')).toMatchObject({
      used: 100,
      reserved: 0,
    })
  })
})

describe('five requests at the same time', () => {
  const concurrent = { key, limits: [{ concurrent: 5 }] }

  it('are all that 50 clients get to the provider, who use every place', async () => {
    const upstream = await startMeteredUpstream(({ number }) => ({ firstMs: 5 + (number % 7) * 5 }))
    const { admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      clients: { web: concurrent },
    })
    let asked = 0
    const statuses = await hammer(50, 3_000, async () => {
      const stream = asked++ % 2 === 0
      return (await caller.ask({ body: chatOf('chat', { stream }), headers })).status
    })
    expect(upstream.mostAtOnce()).toBe(5)
    expect([...statuses.keys()].sort()).toEqual([200, 429])
    expect(statuses.get(200)).toBe(upstream.seen.length)
    expect(upstream.seen.length).toBeGreaterThan(30)
    expect(await bookAt(admin, 'client:web concurrent')).toMatchObject({
      used: 0,
      reserved: 0,
      remaining: 5,
    })
  })

  it('run while 50 clients wait their turn, and none is lost', async () => {
    const upstream = await startMeteredUpstream(({ number }) => ({ firstMs: 5 + (number % 7) * 5 }))
    const { url, admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      limits: { queue: { maxWait: '50s', size: 1_000 } },
      clients: { web: concurrent },
    })
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, client) => {
        const statuses: number[] = []
        for (let time = 0; time < 4; time++) {
          const body = chatOf('chat', { stream: (client + time) % 2 === 0 })
          statuses.push((await caller.ask({ body, headers })).status)
        }
        return statuses
      }),
    )
    expect(answers.flat()).toEqual(Array.from({ length: 200 }, () => 200))
    expect(upstream.seen).toHaveLength(200)
    expect(upstream.mostAtOnce()).toBe(5)
    expect(await metricAt(url, 'waybill_limit_queue_length')).toBe(0)
    expect(await bookAt(admin, 'client:web concurrent')).toMatchObject({ used: 0, reserved: 0 })
  })

  it('are places that clients who go away leave at once', async () => {
    const upstream = await startMeteredUpstream(() => ({ firstMs: 20_000 }))
    const { admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models,
      clients: { web: concurrent },
    })
    const body = chatOf('chat')
    for (let round = 0; round < 6; round++) {
      const left = Array.from({ length: 5 }, () =>
        caller.ask({ body, headers, leave: { afterMs: 50 } }),
      )
      expect((await Promise.all(left)).map(({ status }) => status)).toEqual([0, 0, 0, 0, 0])
      await until(async () => (await bookAt(admin, 'client:web concurrent')).used === 0)
    }
    expect(upstream.seen).toHaveLength(30)
    await until(() => upstream.seen.every(({ ended }) => ended === 'left'))
  })
})
