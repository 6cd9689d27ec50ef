import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../../support/gateway.ts'
import { count, type Stage, startStage } from './stage.ts'

const chat = { chat: { targets: ['a/a', 'b/b'], retry: { attempts: 1 } } }
const quick = { openForWhenQuiet: '1200ms', openFor: '1200ms', maxOpenFor: '1200ms', ramp: '0ms' }

/** The next request that would go to the target is its probe. */
const untilHalfOpen = (stage: Stage) =>
  until(async () =>
    (await stage.metrics()).includes('waybill_target_breaker_state{target="a/a"} 1'),
  )

describe('a breaker', () => {
  it('that opens and closes is told once each, in log, metrics and /health', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { models: chat, health: quick },
    })
    await stage.askTimes(6)
    expect(count(stage.asked(), 'a')).toBe(2)
    expect(await stage.metrics()).toEqual(
      expect.arrayContaining([
        'waybill_target_breaker_state{target="a/a"} 2',
        'waybill_target_breaker_state{target="b/b"} 0',
        'waybill_target_available{target="a/a"} 0',
        'waybill_health_changes_total{target="a/a",to="open"} 1',
        'waybill_attempts_total{target="b/b",reason="failover",result="success"} 2',
      ]),
    )
    const health = await (await fetch(`${stage.gateway.url}/health`)).json()
    expect(health).toMatchObject({
      status: 'ok',
      fleet: {
        targets: 2,
        unavailable: 1,
        longest: [{ target: 'a/a', because: expect.stringMatching(/^breaker open: 2 failures/) }],
      },
    })
    await untilHalfOpen(stage)
    // A probe that fails is no news.
    expect((await stage.ask()).status).toBe(200)
    expect(count(stage.asked(), 'a')).toBe(3)
    stage.behaviour['a'] = ''
    await untilHalfOpen(stage)
    expect((await stage.ask()).from).toBe('a')
    await until(() => stage.logged('a target is used again').length > 0)
    expect(stage.logged('a target is used again')).toMatchObject([{ level: 'info', target: 'a/a' }])
    expect(stage.logged('a target is broken')).toMatchObject([
      { level: 'warn', target: 'a/a', forSeconds: 1.2 },
    ])
    expect(await stage.metrics()).toEqual(
      expect.arrayContaining([
        'waybill_target_breaker_state{target="a/a"} 0',
        'waybill_health_changes_total{target="a/a",to="closed"} 1',
        'waybill_health_changes_total{target="a/a",to="open"} 1',
      ]),
    )
  })

  it('lets one request at a time find out', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { models: chat, health: quick },
    })
    await stage.askTimes(2)
    await untilHalfOpen(stage)
    stage.behaviour['a'] = 'ttft=100'
    stage.mock.log.clear()
    await Promise.all(Array.from({ length: 6 }, () => stage.ask()))
    expect(count(stage.asked(), 'a')).toBe(1)
    expect((await stage.ask()).from).toBe('a')
  })
})

describe('a rate limit', () => {
  it('leaves the target alone as long as it asks, which is told once', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=429;retry-after=60' },
      configuration: { models: chat },
    })
    await Promise.all([stage.ask(), stage.ask()])
    await stage.askTimes(3)
    expect(count(stage.asked(), 'a')).toBeLessThanOrEqual(2)
    await until(() => stage.logged('a target is left alone').length > 0)
    expect(stage.logged('a target is left alone')).toMatchObject([
      { target: 'a/a', because: expect.stringContaining('429'), forSeconds: 60 },
    ])
    const found = await stage.metrics()
    expect(found).toContain('waybill_target_breaker_state{target="a/a"} 0')
    expect(found).toContain('waybill_target_available{target="a/a"} 0')
    expect(found).toContain('waybill_health_changes_total{target="a/a",to="cooling"} 1')
  })
})

describe('where everything is broken', () => {
  it('it is tried all the same, said and counted', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500', b: 'status=500' },
      configuration: { models: chat },
    })
    await stage.askTimes(2)
    stage.behaviour['b'] = ''
    const answer = await stage.ask()
    expect((await stage.record(answer)).panic).toBe(true)
    expect(answer.headers.get('x-waybill-reason')).toMatch(/^no target looks usable/)
    expect(await stage.metrics()).toContain('waybill_panic_requests_total{model="chat"} 1')
  })

  it('the retry budget holds further attempts back, and that is counted', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: {
        models: { chat: { ...chat.chat, retryBudget: { share: '1%', floor: 0 } } },
        health: { consecutiveFailures: 1_000, failureRate: '100%', minimumCalls: 1_000 },
      },
    })
    expect((await stage.ask()).status).toBe(500)
    expect(await stage.metrics()).toContain('waybill_retry_budget_exhausted_total 1')
  })
})

describe('health checks', () => {
  /** Lists its models or fails to; answers nothing else. */
  async function startProvider(): Promise<{ url: string; seen: string[]; status: number }> {
    const provider = { url: '', seen: [] as string[], status: 500 }
    const server = createServer((request, response) => {
      provider.seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.writeHead(provider.status, { 'content-type': 'application/json' }).end('{"data":[]}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    provider.url = `http://127.0.0.1:${port}/v1`
    return provider
  }

  it('see a provider fail before any client does', async () => {
    const provider = await startProvider()
    const stage = await startStage({
      providers: { a: { baseUrl: provider.url } },
      configuration: {
        models: chat,
        health: {
          checks: { every: '1s', timeout: '500ms', providers: ['a'] },
          openForWhenQuiet: '60s',
        },
      },
    })
    await until(() => stage.logged('a target is broken').length > 0)
    expect(provider.seen[0]).toBe('GET /v1/models Bearer sk-test-a')
    expect((await stage.ask()).from).toBe('b')
    expect(await stage.gateway.records()).toHaveLength(1)
    // One that works again may be probed at once.
    provider.status = 200
    const seen = provider.seen.length
    await until(() => provider.seen.length > seen)
    await untilHalfOpen(stage)
  })
})
