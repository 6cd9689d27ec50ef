import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isObject } from '../../src/core/json.ts'
import { type Mock, startMock } from '../../src/mock/start-mock.ts'
import { chatOf } from '../support/caller.ts'
import { canMeasure, startChildGateway } from '../support/child-gateway.ts'
import { booksAt, metricAt, type SeenBook } from '../support/limit-books.ts'
import { providerAt, startLimited, yamlOf } from '../support/limited-gateway.ts'
import { startMeteredUpstream, usageOf } from '../support/metered-upstream.ts'
import { runWaybill } from '../support/waybill-process.ts'

const price = { input: 1, output: 3 }
const limits = {
  global: [{ per: 'hour', requests: 1_000, inputTokens: 1e6, outputTokens: 1e6, cost: 100 }],
}

function inputOf(books: readonly SeenBook[]) {
  return Object.fromEntries(books.map(({ id, used }) => [id.split(/[ /]/)[1], used]))
}

describe('usage that cannot be true', () => {
  const impossible: readonly [string, unknown][] = [
    ['null', null],
    ['missing', undefined],
    ['of null', { prompt_tokens: null, completion_tokens: null }],
    ['negative', usageOf(-20, -100)],
    ['negative on one side', usageOf(20, -1e9)],
    ['1e18', usageOf(1e18, 1e18)],
    ['infinite', { prompt_tokens: '1e999', completion_tokens: '1e999' }],
    ['a text', { prompt_tokens: '20', completion_tokens: 'many' }],
    ['a list', [20, 100]],
    ['a number', 120],
    ['no tokens for many words', usageOf(0, 0)],
  ]

  it.each(impossible)('%s: is estimated, and no book is out', async (_what, usage) => {
    const words = 40
    const upstream = await startMeteredUpstream(() => ({ words, usage }))
    const { url, admin, caller, records } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl, { models: { m: { price } } }) },
      models: { chat: { targets: ['up/m'] } },
      limits,
    })
    for (let time = 0; time < 5; time++) {
      const { status } = await caller.ask({
        body: chatOf('chat', { stream: true, max_tokens: 500 }),
      })
      expect(status).toBe(200)
    }
    const books = await booksAt(admin)
    const used = inputOf(books)
    expect(used['requests']).toBe(5)
    // "Where is the parcel?" and 40 times "word 7 ".
    expect(used['inputTokens']).toBeGreaterThanOrEqual(5 * 4)
    expect(used['inputTokens']).toBeLessThanOrEqual(5 * 40)
    expect(used['outputTokens']).toBeGreaterThanOrEqual(5 * words)
    expect(used['outputTokens']).toBeLessThanOrEqual(5 * words * 4)
    const cost = (used['inputTokens'] ?? 0) * 1e-6 + (used['outputTokens'] ?? 0) * 3e-6
    expect(used['cost']).toBeCloseTo(cost, 9)
    expect(books.filter(({ reserved }) => reserved !== 0)).toEqual([])
    expect(await metricAt(url, 'waybill_limit_reservations')).toBe(0)
    const all = await records()
    expect(all.map(({ usageEstimated }) => usageEstimated)).toEqual([true, true, true, true, true])
  })

  it('of a reply in one piece leaves what was borrowed, where nothing can be known', async () => {
    const mock = await started({ models: { m: 'usage=huge' } })
    const { admin, caller } = await startLimited({
      providers: { up: providerAt(`${mock.url}/v1`, { models: { m: { price } } }) },
      models: { chat: { targets: ['up/m'] } },
      limits,
    })
    await caller.ask({ body: chatOf('chat') })
    const used = inputOf(await booksAt(admin))
    expect(used['outputTokens']).toBeGreaterThan(10)
    expect(used['outputTokens']).toBeLessThan(1_000)
  })

  it('is no way to go on when a limit is used up', async () => {
    const upstream = await startMeteredUpstream(() => ({ words: 60, usage: usageOf(-1e9, -1e9) }))
    const { caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models: { chat: { targets: ['up/m'] } },
      limits: { global: [{ per: 'hour', outputTokens: 1_000 }] },
    })
    let refused = 0
    for (let time = 0; time < 100; time++) {
      const { status } = await caller.ask({
        body: chatOf('chat', { stream: true, max_tokens: 80 }),
      })
      if (status === 429) refused++
    }
    expect(refused).toBeGreaterThan(70)
    expect(upstream.seen.length).toBeGreaterThanOrEqual(5)
  })
})

async function started(options: Parameters<typeof startMock>[0]): Promise<Mock> {
  const mock = await startMock(options)
  onTestFinished(() => mock.close())
  return mock
}

describe('limits that cannot be held', () => {
  it('are refused by waybill check, each with its place and what to write', async () => {
    const yaml = `providers: { demo: { simulated: {} } }
limits:
  global:
    - { per: minute, requests: -5 }
    - { per: minute, requests: 0 }
    - { per: hour, requests: 1e30 }
    - { per: hour, tokens: 2.5 }
    - { per: day, cost: -0.5 }
    - { concurrent: 0.5 }
    - { per: fortnight, requests: 5 }
    - { per: minute, requests: 5, burst: -1 }
  users: [{ per: minute, requests: 5 }]
  user: [{ per: minute, reqests: 5 }]
`
    const check = runWaybill(['check', 'waybill.yaml'], { yaml })
    expect(await check.exited()).toMatchObject({ code: 1 })
    const lines = `${check.stdout()}${check.stderr()}`.split('\n')
    for (const [place, words] of [
      ['4:32', 'must be a whole number from 1 on, such as 100, not -5'],
      ['5:32', 'must be a whole number from 1 on, such as 100, not 0'],
      ['6:30', 'must be at most'],
      ['7:28', 'not 2.5'],
      ['8:25', 'not -0.5'],
      ['9:21', 'not 0.5'],
      ['10:14', 'must be one of second, minute, hour, day, month'],
      ['11:42', 'not -1'],
      ['12:3', 'Did you mean "user"?'],
      ['13:25', 'Did you mean "requests"?'],
    ]) {
      const found = lines.find((line) => line.startsWith(`waybill.yaml:${place}: error: `))
      expect([place, found]).toEqual([place, expect.stringContaining(words ?? '')])
    }
  })

  it.each([
    [{ limit: -1 }, 'limit'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 1e30 }, 'limit'],
    [{ limit: 2.5 }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ limit: 5, burst: -1 }, 'burst'],
    [{ limit: 5, metric: 'cost', burst: 1e30 }, 'limit'],
    [{ limit: 5, window: 'fortnight' }, 'window'],
    [{ limit: 5, metric: 'pages' }, 'metric'],
    [{ limit: 5, expires: 'yesterday' }, 'expires'],
    [{ limit: 5, user: 'x'.repeat(5_000) }, 'user'],
  ])('are refused at run time: %j', async (wish, field) => {
    const { admin } = await startLimited({ providers: { demo: { simulated: {} } } })
    const reply = await fetch(`${admin.url}/api/v1/limits`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'alice', window: 'minute', ...wish }),
    })
    expect(reply.status).toBe(400)
    const body: unknown = await reply.json()
    const error = isObject(body) ? body['error'] : null
    expect(error).toMatchObject({ code: 'invalid_request', field })
    expect(isObject(error) ? String(error['message']).length : 0).toBeGreaterThan(10)
  })
})

describe('an address that a client makes up', () => {
  it('counts for nothing, however many it names', async () => {
    const upstream = await startMeteredUpstream()
    const { admin, caller } = await startLimited({
      providers: { up: providerAt(upstream.baseUrl) },
      models: { chat: { targets: ['up/m'] } },
      limits: { ip: [{ per: 'hour', requests: 10 }] },
    })
    const statuses: number[] = []
    for (let at = 0; at < 40; at++) {
      const spoofed = `203.0.113.${at}`
      const names = [
        'x-forwarded-for',
        'forwarded',
        'x-real-ip',
        'cf-connecting-ip',
        'true-client-ip',
      ]
      const name = names[at % names.length] ?? ''
      const value = name === 'forwarded' ? `for=${spoofed}` : spoofed
      const { status } = await caller.ask({ body: chatOf('chat'), headers: { [name]: value } })
      statuses.push(status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(10)
    expect(upstream.seen).toHaveLength(10)
    expect((await booksAt(admin)).map(({ scope }) => scope)).toEqual(['ip:127.0.0.1'])
  })
})

const users = 200_000

describe('200,000 users', () => {
  it.skipIf(!canMeasure)(
    'take little memory, and the gateway serves on',
    async () => {
      const gateway = await startChildGateway(
        yamlOf({
          providers: { up: providerAt('http://127.0.0.1:1/v1') },
          limits: { user: [{ per: 'minute', requests: 100 }] },
        }),
      )
      onTestFinished(() => gateway.close())
      await countTokens(gateway.url, 'first', 40_000)
      const before = gateway.residentBytes()
      await countTokens(gateway.url, 'user', users)
      const grown = gateway.residentBytes() - before
      expect(await metricAt(gateway.url, 'waybill_limit_books')).toBeGreaterThan(users)
      expect(grown).toBeLessThan(128 * 1024 * 1024)
    },
    120_000,
  )
})

/** So many requests, each of another user, over a few connections that do not wait for replies. */
async function countTokens(url: string, user: string, times: number): Promise<void> {
  const { hostname, port } = new URL(url)
  const body = '{"model":"up/m","messages":[{"role":"user","content":"Hi"}]}'
  const connections = 8
  const each = times / connections
  await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      let answered = 0
      let sent = 0
      const ahead = 32
      await new Promise<void>((resolve, reject) => {
        const send = () => {
          let text = ''
          for (; sent < each && sent - answered < ahead; sent++) {
            text +=
              `POST /v1/messages/count_tokens HTTP/1.1\r\nhost: ${hostname}\r\n` +
              `content-type: application/json\r\nx-waybill-user: ${user}-${at}-${sent}\r\n` +
              `content-length: ${body.length}\r\n\r\n${body}`
          }
          if (text !== '') socket.write(text)
        }
        socket.on('connect', send)
        socket.on('error', reject)
        socket.on('data', (bytes) => {
          const found = bytes.toString('latin1').match(/HTTP\/1\.1 (\d+)/g) ?? []
          for (const line of found) if (!line.endsWith('200')) reject(new Error(line))
          answered += found.length
          if (answered >= each) resolve()
          else send()
        })
      })
      socket.destroy()
    }),
  )
}
