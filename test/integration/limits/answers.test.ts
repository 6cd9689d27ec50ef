import { describe, expect, it } from 'vitest'
import { until } from '../../support/gateway.ts'
import { type Answer, clientKey, type Stage, startStage } from '../routing/stage.ts'

const models = { chat: { strategy: 'failover', targets: ['a/a', 'b/b'] } }
const all = { server: { listen: '127.0.0.1:0', rateLimitHeaders: { on: 'all', ietf: true } } }

const minute = (requests: number) => ({ global: [{ per: 'minute', requests }] })

function named({ headers }: Answer, start: string): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith(start)))
}

async function explain(stage: Stage): Promise<{ status: number; body: Record<string, unknown> }> {
  const request = { model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }
  const response = await fetch(`${stage.gateway.url}/v1/route/explain`, {
    method: 'POST',
    body: JSON.stringify({ path: '/v1/chat/completions', body: request }),
  })
  const body: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, body }
}

describe('headers on all answers', () => {
  it.each([false, true])('tell what the caller has left; streamed: %s', async (stream) => {
    const stage = await startStage({ configuration: { ...all, models, limits: minute(5) } })
    await stage.ask()
    const answer = await stage.ask({ body: { stream } })
    expect(answer.status).toBe(200)
    // The mock has limits of its own, as providers do.
    expect(named(answer, 'x-ratelimit-')).toEqual({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': expect.stringMatching(/^(\d+\.?\d*s|1m0(\.\d+)?s)$/),
    })
    expect(answer.headers.get('ratelimit-policy')).toBe('"global requests/minute";q=5;w=60')
    expect(answer.headers.get('ratelimit')).toMatch(/^"global requests\/minute";r=3;t=\d+$/)
    expect(answer.headers.get('openai-version')).toBe('2020-10-01')
  })

  it('are those of the provider unless they are wanted', async () => {
    const stage = await startStage({ configuration: { models, limits: minute(5) } })
    expect((await stage.ask()).headers.get('x-ratelimit-limit-requests')).toBe('10000')
  })
})

describe('a limit of every target', () => {
  it('is told without the figures of the account, which stand in the record', async () => {
    const limits = [{ per: 'minute', requests: 1 }]
    const providers = { a: { limits }, b: { limits } }
    const stage = await startStage({ providers, configuration: { models } })
    expect(await stage.askTimes(2)).toEqual(['a', 'b'])
    const answer = await stage.ask()
    expect(answer.status).toBe(429)
    expect(JSON.parse(answer.text)).toMatchObject({
      error: {
        code: 'rate_limited',
        message: expect.stringMatching(/^Every target .* is at a limit; try again in \d\d s\.$/),
      },
    })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(named(answer, 'x-ratelimit-')).toEqual({})
    const { limits: inRecord } = await stage.record(answer)
    expect(inRecord).toMatchObject([
      { scope: expect.stringMatching(/^provider:[ab]$/), amount: 1, remaining: 0, needed: 1 },
    ])
    expect(stage.asked()).toEqual(['a', 'b'])
  })
})

describe('more than a limit ever allows', () => {
  it('is refused for good', async () => {
    const limits = { global: [{ per: 'minute', tokens: 50 }] }
    const stage = await startStage({ configuration: { models, limits } })
    const content = 'parcel '.repeat(200)
    const answer = await stage.ask({ body: { messages: [{ role: 'user', content }] } })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBeNull()
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.text).toContain(
      'more than the limit of 50 tokens per minute for all clients together ever allows at once',
    )
  })
})

describe('an explanation', () => {
  it('tells what is left and charges nothing; what would be refused is refused', async () => {
    const stage = await startStage({ configuration: { models, limits: minute(2) } })
    const left = async () => (await explain(stage)).body['limits']
    const limit = { scope: 'global', metric: 'requests', per: 'minute', amount: 2 }
    expect(await left()).toEqual([{ ...limit, remaining: 2, resetMs: 0 }])
    const answer = await stage.ask()
    expect(await left()).toMatchObject([{ ...limit, remaining: 1 }])
    expect((await stage.record(answer)).limits).toMatchObject([{ ...limit, remaining: 1 }])
    await stage.ask()
    expect(await explain(stage)).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited' } },
    })
  })
})

describe('what operators see', () => {
  it('of a refused request: log line, metrics, health', async () => {
    const limits = { global: [{ per: 'minute', requests: 1 }], user: [{ concurrent: 5 }] }
    const stage = await startStage({ configuration: { models, limits } })
    await stage.ask()
    const refused = await stage.ask()
    await until(() => stage.logged('request').length === 2)
    expect(stage.logged('request').find(({ status }) => status === 429)).toMatchObject({
      id: refused.headers.get('x-waybill-id'),
      level: 'warn',
      class: 'rate_limited',
      limit: 'global requests/minute',
    })
    expect(await stage.metrics()).toEqual(
      expect.arrayContaining([
        'waybill_limit_admissions_total{limit="global requests/minute",result="admitted"} 1',
        'waybill_limit_admissions_total{limit="global requests/minute",result="refused"} 1',
        'waybill_limit_state_exact 1',
        'waybill_limit_reservations 0',
        'waybill_limit_queue_length 0',
      ]),
    )
    const health: unknown = await (await fetch(`${stage.gateway.url}/health`)).json()
    expect(health).toMatchObject({
      status: 'ok',
      limits: { state: 'ok', mode: 'exact', kind: 'memory', replicas: 1, queued: 0 },
    })
  })
})

describe('a queue', () => {
  const clients = { busy: { key: clientKey('busy').key }, quiet: { key: clientKey('quiet').key } }
  const one = { concurrent: 1 }
  const asking = (name: string) => ({
    headers: { ...clientKey(name).headers, 'x-waybill-metadata': `{"from":"${name}"}` },
  })

  it('lets requests wait, and clients take turns', async () => {
    const limits = { global: [one], queue: { maxWait: '20s', size: 100 } }
    const configuration = { models, clients, limits }
    const stage = await startStage({ behaviour: { a: 'ttft=250' }, configuration })
    const queued = (count: number) =>
      until(async () => (await stage.metrics()).includes(`waybill_limit_queue_length ${count}`))
    const busy = Array.from({ length: 5 }, () => stage.ask(asking('busy')))
    await queued(4)
    const quiet = stage.ask(asking('quiet'))
    const answers = await Promise.all([...busy, quiet])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    const records = await Promise.all(answers.map((answer) => stage.record(answer)))
    const byEnd = records
      .map(({ client, arrivedAtMs, totalMs }) => ({ client, endMs: arrivedAtMs + totalMs }))
      .sort((former, latter) => former.endMs - latter.endMs)
      .map(({ client }) => client)
    expect(byEnd.indexOf('quiet')).toBeLessThanOrEqual(3)
    const waits = records.map(({ queuedMs }) => queuedMs)
    expect(waits.filter((waitMs) => waitMs > 0)).toHaveLength(5)
    for (const { queuedMs, overheadMs, totalMs } of records) {
      expect(totalMs).toBeGreaterThan(queuedMs)
      expect(overheadMs).toBeLessThan(queuedMs === 0 ? totalMs : queuedMs)
    }
  })

  it('gives the 429 when waiting was in vain, and to those there is no place for', async () => {
    const limits = { global: [one], queue: { maxWait: '300ms', size: 1 } }
    const configuration = { models, clients, limits }
    const stage = await startStage({ behaviour: { a: 'ttft=1500' }, configuration })
    const answers = await Promise.all([1, 2, 3].map(() => stage.ask(asking('busy'))))
    const records = await Promise.all(answers.map((answer) => stage.record(answer)))
    const told = records.map(({ status, queuedMs }) => [status, queuedMs > 0])
    expect(told).toHaveLength(3)
    expect(told).toEqual(
      expect.arrayContaining([
        [200, false],
        [429, true],
        [429, false],
      ]),
    )
  })

  it('is left by a client that goes, and by all when the gateway stops', async () => {
    const limits = { global: [one], queue: { maxWait: '20s', size: 100 } }
    const configuration = { models, clients, limits }
    const stage = await startStage({ behaviour: { a: 'ttft=1500' }, configuration })
    const { url, waybill } = stage.gateway
    const queued = (count: number) =>
      until(async () => (await stage.metrics()).includes(`waybill_limit_queue_length ${count}`))
    const first = stage.ask(asking('busy'))
    await stage.mock.log.waitFor((entry) => entry.kind === 'request')
    const controller = new AbortController()
    const gone = fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...asking('quiet').headers, 'content-type': 'application/json' },
      body: '{"model":"chat","messages":[]}',
      signal: controller.signal,
    }).catch(() => 'gone')
    await queued(1)
    controller.abort()
    expect(await gone).toBe('gone')
    await queued(0)
    const [record] = await stage.gateway.records()
    expect(record).toMatchObject({
      client: 'quiet',
      status: 499,
      attempts: [],
    })
    expect(record?.queuedMs).toBeGreaterThan(0)
    const waiting = stage.ask(asking('quiet'))
    await queued(1)
    const stopped = waybill.stop()
    expect((await waiting).status).toBe(503)
    expect((await waiting).text).toContain('shutting_down')
    expect((await first).status).toBe(200)
    await stopped
  })
})
