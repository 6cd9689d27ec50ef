import { describe, expect, it } from 'vitest'
import { chatOf } from '../../support/caller.ts'
import { until } from '../../support/gateway.ts'
import { booksAt, metricAt } from '../../support/limit-books.ts'
import { type LimitedGateway, providerAt, startLimited } from '../../support/limited-gateway.ts'
import {
  type Answering,
  type MeteredUpstream,
  startMeteredUpstream,
} from '../../support/metered-upstream.ts'

const price = { input: 1, output: 3 }

interface Scene {
  readonly upstream: MeteredUpstream
  readonly gateway: LimitedGateway
  /** What is used of each metric, once nothing is reserved any more. */
  settled(): Promise<Readonly<Record<string, number>>>
}

async function scene(answering: Answering): Promise<Scene> {
  const upstream = await startMeteredUpstream(() => answering)
  const gateway = await startLimited({
    providers: { up: providerAt(upstream.baseUrl, { models: { m: { price } } }) },
    models: { chat: { targets: ['up/m'] } },
    limits: {
      global: [
        { per: 'hour', requests: 100, inputTokens: 1e6, outputTokens: 1e6, tokens: 1e6, cost: 10 },
        { concurrent: 10 },
      ],
    },
  })
  return {
    upstream,
    gateway,
    async settled() {
      await until(async () => (await metricAt(gateway.url, 'waybill_limit_reservations')) === 0)
      const books = await booksAt(gateway.admin)
      expect(books.filter(({ reserved }) => reserved !== 0)).toEqual([])
      return Object.fromEntries(books.map(({ id, used }) => [id.split(/[ /]/)[1], used]))
    },
  }
}

describe('a client that goes away', () => {
  const body = chatOf('chat', { stream: true, max_tokens: 5_000 })

  it.each([0, 3, 20])(
    'in the middle of a stream pays for what was streamed: run %i',
    async (run) => {
      const { upstream, gateway, settled } = await scene({ words: 2_000, wordMs: 8 })
      const afterBytes = 1_500 + run * 400
      const left = await gateway.caller.ask({ body, leave: { afterBytes } })
      expect(left.complete).toBe(false)
      const [asked] = upstream.seen
      await until(() => asked?.ended === 'left')
      const used = await settled()
      expect(used).toMatchObject({ requests: 1, concurrent: 0 })
      const said = asked?.said ?? 0
      expect(said).toBeGreaterThan(5)
      expect(said).toBeLessThan(500)
      // A word is a token or two; what was on its way when it left need not be counted.
      expect(used['outputTokens']).toBeGreaterThanOrEqual(said - 4)
      expect(used['outputTokens']).toBeLessThanOrEqual((said + 4) * 2)
      expect(used['inputTokens']).toBeGreaterThan(0)
      expect(used['tokens']).toBe((used['inputTokens'] ?? 0) + (used['outputTokens'] ?? 0))
      const cost = ((used['inputTokens'] ?? 0) * 1 + (used['outputTokens'] ?? 0) * 3) / 1e6
      expect(used['cost']).toBeCloseTo(cost, 9)
      const record = await gateway.lastRecord()
      expect(record).toMatchObject({ outcome: 'cancelled', usageEstimated: true })
      expect(used['outputTokens']).toBe(record.usage.outputTokens)
    },
  )

  it('before the first word pays for its prompt, and the provider is let go', async () => {
    const { upstream, gateway, settled } = await scene({ firstMs: 20_000 })
    const leaving = gateway.caller.ask({ body, leave: { afterMs: 200 } })
    await until(() => upstream.seen.length === 1)
    expect((await leaving).complete).toBe(false)
    await until(() => upstream.seen[0]?.ended === 'left')
    const used = await settled()
    expect(used).toMatchObject({ requests: 1, outputTokens: 0, concurrent: 0 })
    expect(used['inputTokens']).toBeGreaterThan(0)
  })

  it('holds what its reply may take until then, not beyond', async () => {
    const { upstream, gateway, settled } = await scene({ words: 200, wordMs: 10 })
    const leaving = gateway.caller.ask({ body, leave: { afterBytes: 2_000 } })
    await until(() => (upstream.seen[0]?.said ?? 0) > 1)
    const during = await booksAt(gateway.admin)
    const reserved = Object.fromEntries(
      during.map(({ id, reserved }) => [id.split(/[ /]/)[1], reserved]),
    )
    expect(reserved).toMatchObject({ concurrent: 1 })
    expect(reserved['outputTokens']).toBeGreaterThan(100)
    await leaving
    const used = await settled()
    expect(used['outputTokens']).toBeLessThan(reserved['outputTokens'] ?? 0)
  })
})

describe('a stream', () => {
  it('that is read to its end takes what the provider says, whatever was borrowed', async () => {
    const usage = { prompt_tokens: 77, completion_tokens: 12_345, total_tokens: 12_422 }
    const { gateway, settled } = await scene({ words: 5, usage })
    const body = chatOf('chat', { stream: true })
    expect((await gateway.caller.ask({ body })).complete).toBe(true)
    expect(await settled()).toEqual({
      requests: 1,
      inputTokens: 77,
      outputTokens: 12_345,
      tokens: 12_422,
      cost: 0.037112,
      concurrent: 0,
    })
  })
})
