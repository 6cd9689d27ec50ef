import { describe, expect, it } from 'vitest'
import { chatOf } from '../../support/caller.ts'
import { until } from '../../support/gateway.ts'
import { bookAt, booksAt } from '../../support/limit-books.ts'
import { type LimitedGateway, providerAt, startLimited } from '../../support/limited-gateway.ts'
import { startMeteredUpstream } from '../../support/metered-upstream.ts'
import { redisPresent, startRedis } from '../../support/redis-server.ts'

/** How many of so many requests of Alice are served. */
async function served({ caller }: LimitedGateway, times: number): Promise<number> {
  let count = 0
  for (let time = 0; time < times; time++) {
    const { status } = await caller.ask({ body: chatOf('chat', { user: 'alice' }) })
    if (status === 200) count++
  }
  return count
}

async function set({ admin }: LimitedGateway, limit: number, expires?: string): Promise<void> {
  const reply = await fetch(`${admin.url}/api/v1/limits`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'alice', window: 'hour', limit, expires }),
  })
  if (reply.status >= 300) throw new Error(await reply.text())
}

describe.skipIf(!redisPresent)('a quota that is set where a limit for all is configured', () => {
  it('counts what was used before it in every gateway, and is counted after it', async () => {
    const { port } = await startRedis()
    const upstream = await startMeteredUpstream()
    const start = () =>
      startLimited({
        state: `redis://127.0.0.1:${port}?timeout=300ms`,
        providers: { up: providerAt(upstream.baseUrl) },
        models: { chat: { targets: ['up/m'] } },
        limits: { user: [{ per: 'hour', requests: 5 }] },
      })
    const [one, two] = [await start(), await start()]
    expect((await served(one, 3)) + (await served(two, 6))).toBe(5)

    await set(one, 3)
    expect(await served(one, 1)).toBe(0)
    await set(one, 7)
    // Turned away a moment ago, and let in at once.
    expect(await served(one, 1)).toBe(1)
    const listed = async (gateway: LimitedGateway) =>
      (await booksAt(gateway.admin)).map(({ id, limit, used }) => [id, limit, used])
    await until(async () => (await listed(two))[0]?.[1] === 7)
    expect(await listed(two)).toEqual([['user:alice requests/hour', 7, 6]])
    expect(await served(two, 3)).toBe(1)
    expect(await listed(one)).toEqual([['user:alice requests/hour', 7, 7]])

    await set(two, 8, '2s')
    expect(await served(two, 2)).toBe(1)
    await until(async () => (await listed(one))[0]?.[0] === 'user requests/hour')
    expect((await served(one, 2)) + (await served(two, 2))).toBe(0)
    expect(await bookAt(two.admin, 'user requests/hour')).toMatchObject({ limit: 5, used: 8 })
    expect(upstream.seen).toHaveLength(8)
  })
})
