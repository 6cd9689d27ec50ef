import { describe, expect, it } from 'vitest'
import { booksAt, metricAt, type SeenBook } from '../../support/limit-books.ts'
import { testAdminToken } from '../../support/limited-gateway.ts'
import { type Answer, count, type Scenery, type Stage, startStage } from '../routing/stage.ts'

const tenAtA = { a: { limits: [{ per: 'minute', requests: 10 }] } }
const failover = { chat: { strategy: 'failover', targets: ['a/a', 'b/b'] } }

async function started(scenery: Scenery): Promise<Stage & { books(): Promise<SeenBook[]> }> {
  const { configuration } = scenery
  const stage = await startStage({
    ...scenery,
    configuration: { admin: { listen: '127.0.0.1:0' }, ...configuration },
  })
  const { admin } = stage.gateway.waybill
  const token = admin?.newToken?.reveal() ?? testAdminToken
  return { ...stage, books: () => booksAt({ url: admin?.url ?? '', token }) }
}

async function excludedIn(stage: Stage, answer: Answer) {
  const { excluded } = await stage.record(answer)
  return excluded
}

describe('a provider with ten requests per minute', () => {
  it('serves ten; the eleventh goes to the next one, and its record says why', async () => {
    const stage = await started({ providers: tenAtA, configuration: { models: failover } })
    const answers = await Promise.all(Array.from({ length: 12 }, () => stage.ask()))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    const from = answers.map((answer) => answer.from)
    expect([count(from, 'a'), count(from, 'b')]).toEqual([10, 2])
    expect([count(stage.asked(), 'a'), count(stage.asked(), 'b')]).toEqual([10, 2])
    for (const answer of answers) {
      expect(await excludedIn(stage, answer)).toEqual(
        answer.from === 'a'
          ? []
          : [
              {
                target: 'a/a',
                because: expect.stringMatching(/limit of 10 requests per minute .*used up/),
              },
            ],
      )
    }
    expect(await stage.books()).toMatchObject([
      { id: 'provider:a requests/minute', used: 10, reserved: 0, remaining: 0 },
    ])
  })

  it('is counted whichever name leads to it', async () => {
    const models = { ...failover, other: { targets: ['a/a', 'b/b'] } }
    const stage = await started({ providers: tenAtA, configuration: { models } })
    const names = ['chat', 'other', 'a/a']
    const from: string[] = []
    for (let at = 0; at < 10; at++) {
      from.push(...(await stage.askTimes(1, { model: names[at % 3] ?? '' })))
    }
    expect(count(from, 'a')).toBe(10)
    expect(await stage.askTimes(2)).toEqual(['b', 'b'])
    const alone = await stage.ask({ model: 'a/a' })
    expect(alone.status).toBe(429)
    expect(Number(alone.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await excludedIn(stage, alone)).toMatchObject([{ target: 'a/a' }])
  })

  it('and another one that is full too: 429, with when to come back', async () => {
    const stage = await started({
      providers: { ...tenAtA, b: { limits: [{ per: 'minute', requests: 3 }] } },
      configuration: { models: failover },
    })
    const answers = await Promise.all(Array.from({ length: 20 }, () => stage.ask()))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(7)
    for (const answer of refused) {
      const seconds = Number(answer.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(30)
      expect(seconds).toBeLessThanOrEqual(61)
      const { limits, excluded } = await stage.record(answer)
      expect(limits).toMatchObject([
        { scope: expect.stringMatching(/^provider:[ab]$/), remaining: 0, needed: 1 },
      ])
      expect(excluded).toEqual([
        { target: 'a/a', because: expect.stringMatching(/limit of 10 requests .*used up/) },
        { target: 'b/b', because: expect.stringMatching(/limit of 3 requests .*used up/) },
      ])
    }
    expect(stage.asked()).toHaveLength(13)
    const scopes = (await stage.books()).map(({ scope, used }) => [scope, used])
    expect(scopes.sort()).toEqual([
      ['provider:a', 10],
      ['provider:b', 3],
    ])
  })

  it('is explained before anybody is asked', async () => {
    const stage = await started({ providers: tenAtA, configuration: { models: failover } })
    await stage.askTimes(10)
    const request = { model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }
    const explained = await fetch(`${stage.gateway.url}/v1/route/explain`, {
      method: 'POST',
      body: JSON.stringify({ path: '/v1/chat/completions', body: request }),
    })
    expect(explained.status).toBe(200)
    expect(await explained.json()).toMatchObject({
      target: 'b/b',
      excluded: [{ target: 'a/a', because: expect.stringContaining('10 requests per minute') }],
    })
    expect(stage.asked()).toHaveLength(10)
  })
})

describe('further attempts', () => {
  const each = (requests: number) => [{ per: 'minute', requests }]

  it('that take over from one that failed count where they are sent', async () => {
    const stage = await started({
      behaviour: { a: 'status=500' },
      providers: { a: { limits: each(50) }, b: { limits: each(50) } },
      configuration: {
        models: { chat: { ...failover.chat, retry: { attempts: 1 } } },
        retryBudget: { share: '100%', floor: 100 },
        health: { consecutiveFailures: 1_000, failureRate: '100%' },
        limits: { global: [{ per: 'minute', requests: 1_000 }] },
      },
    })
    expect(await stage.askTimes(6)).toEqual(['b', 'b', 'b', 'b', 'b', 'b'])
    const used = Object.fromEntries((await stage.books()).map(({ scope, used }) => [scope, used]))
    const asked = stage.asked()
    expect(used).toEqual({
      global: 6,
      'provider:a': count(asked, 'a'),
      'provider:b': count(asked, 'b'),
    })
    expect(used['provider:b']).toBe(6)
  })

  it('pass over a target that has no room, and say so', async () => {
    const stage = await started({
      behaviour: { a: 'status=500' },
      providers: { b: { limits: each(1) } },
      configuration: {
        models: {
          chat: { strategy: 'failover', targets: ['a/a', 'b/b', 'c/c'], retry: { attempts: 1 } },
        },
      },
    })
    const [first, second] = await Promise.all([stage.ask(), stage.ask()])
    expect([first.from, second.from].sort()).toEqual(['b', 'c'])
    const late = first.from === 'c' ? first : second
    expect(await excludedIn(stage, late)).toMatchObject([
      { target: 'b/b', because: expect.stringContaining('at a limit') },
    ])
    expect(stage.asked().filter((name) => name === 'b')).toHaveLength(1)
  })

  it('beside the first (hedges) count at their target, and give back what a race leaves', async () => {
    const stage = await started({
      behaviour: { a: 'ttft=2000' },
      providers: {
        a: { limits: [...each(50), { concurrent: 3 }] },
        b: { limits: [...each(50), { concurrent: 3 }] },
      },
      configuration: {
        models: { chat: { ...failover.chat, hedge: { after: '100ms', budget: '50%' } } },
        limits: { global: each(1_000) },
      },
    })
    const answer = await stage.ask({ body: { stream: true } })
    expect(answer.from).toBe('b')
    expect((await stage.record(answer)).attempts).toHaveLength(2)
    const books = await stage.books()
    const used = Object.fromEntries(books.map(({ id, used }) => [id, used]))
    expect(used).toEqual({
      'global requests/minute': 1,
      'provider:a requests/minute': 1,
      'provider:b requests/minute': 1,
      'provider:a concurrent': 0,
      'provider:b concurrent': 0,
    })
    expect(await metricAt(stage.gateway.url, 'waybill_limit_reservations')).toBe(0)
  })

  it('are not made where the second has no room', async () => {
    const stage = await started({
      behaviour: { a: 'ttft=600' },
      providers: { b: { limits: each(1) } },
      configuration: {
        models: {
          chat: {
            ...failover.chat,
            hedge: { after: '50ms', budget: '50%' },
            retry: { attempts: 1 },
          },
        },
      },
    })
    await stage.ask({ model: 'b/b' })
    const answer = await stage.ask({ body: { stream: true } })
    expect([answer.status, answer.from]).toEqual([200, 'a'])
    expect(stage.asked()).toEqual(['b', 'a'])
  })
})
