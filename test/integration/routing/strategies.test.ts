import { describe, expect, it } from 'vitest'
import { count, startStage } from './stage.ts'

const two = ['a/a', 'b/b']
const chat = (strategy: unknown, targets: unknown = two, more = {}) => ({
  models: { chat: { strategy, targets, retry: { attempts: 1 }, ...more } },
})
const streamed = { body: { stream: true } }
/** Everybody is measured a few times: found out by chance, it takes an unknown number of requests. */
const inTurn = { headers: { 'x-waybill-strategy': 'round-robin' } }

describe('latency', () => {
  it('takes the fast one once it knows, and notices when it becomes slow', async () => {
    const stage = await startStage({
      behaviour: { a: 'ttft=120', b: 'ttft=2' },
      configuration: chat('latency'),
    })
    await stage.askTimes(10, inTurn)
    const warm = await stage.askTimes(12)
    expect(count(warm, 'b')).toBeGreaterThanOrEqual(10)
    const answer = await stage.ask()
    const record = await stage.record(answer)
    expect(record.strategy).toBe('latency')
    expect(record.estimatedLatencyMs).toBeGreaterThan(0)
    if (answer.from === 'b') expect(record.reason).toMatch(/^lowest expected latency: \d+ ms over/)
    expect(record.candidates.map(({ target }) => target).sort()).toEqual(two)
    stage.behaviour['b'] = 'ttft=400'
    const reacting = await stage.askTimes(20)
    expect(count(reacting.slice(-8), 'a')).toBeGreaterThanOrEqual(7)
  })

  it('goes by streams too', async () => {
    const stage = await startStage({
      behaviour: { a: 'ttft=100', b: 'ttft=2' },
      configuration: chat('latency'),
    })
    await stage.askTimes(10, { ...streamed, ...inTurn })
    expect(count(await stage.askTimes(10, streamed), 'b')).toBeGreaterThanOrEqual(8)
  })
})

describe('throughput', () => {
  it('takes whoever writes fastest, though it begins later', async () => {
    const stage = await startStage({
      behaviour: { a: 'ttft=1;tps=800', b: 'ttft=30;tps=8000' },
      configuration: chat('throughput'),
    })
    await stage.askTimes(8, { ...streamed, ...inTurn })
    expect(count(await stage.askTimes(10, streamed), 'b')).toBeGreaterThanOrEqual(8)
    const [record] = await stage.gateway.records()
    expect(record?.reason).toMatch(/highest throughput: \d+ tokens per second|exploring/)
  })
})

const prices = {
  models: {
    a: { price: { input: 3, output: 15 } },
    b: { price: { input: 0.25, output: 1.25 } },
  },
}

describe('cost', () => {
  it('takes the cheapest, and one without a price last', async () => {
    const targets = ['c/c', ...two]
    const stage = await startStage({ ...prices, configuration: chat('cost', targets) })
    expect(count(await stage.askTimes(6), 'b')).toBe(6)
    const record = await stage.record(await stage.ask())
    expect(record.reason).toMatch(/^lowest expected cost: \$0\.0/)
    expect(record.candidates.map(({ target }) => target)).toEqual(['b/b', 'a/a', 'c/c'])
    expect(record.candidates[2]?.estimatedCostNanoUsd).toBeNull()
    expect(record.estimatedCostNanoUsd).toBeGreaterThan(0)
  })
})

describe('weighted', () => {
  it.each([
    ['b', { cost: 90, latency: 10 }],
    ['a', { cost: 10, latency: 90 }],
  ])('goes to %s with %o', async (expected, weighted) => {
    const stage = await startStage({
      ...prices,
      behaviour: { a: 'ttft=5', b: 'ttft=60' },
      configuration: chat({ weighted }),
    })
    await stage.askTimes(10, inTurn)
    expect(count(await stage.askTimes(10), expected)).toBeGreaterThanOrEqual(8)
    const [record] = await stage.gateway.records()
    expect(Object.keys(record?.candidates[0]?.scores ?? {}).sort()).toEqual(['cost', 'latency'])
  })
})

describe('least-busy', () => {
  it('spreads what comes at once', async () => {
    const stage = await startStage({
      behaviour: { a: 'ttft=150', b: 'ttft=150', c: 'ttft=150' },
      configuration: chat('least-busy', [...two, 'c/c']),
    })
    const from = await Promise.all(Array.from({ length: 12 }, () => stage.ask()))
    for (const name of ['a', 'b', 'c']) {
      const served = from.filter((answer) => answer.from === name).length
      expect({ name, served }).toEqual({ name, served: expect.toSatisfy(isAbout(4)) })
    }
  })
})

const isAbout = (wanted: number) => (value: number) => Math.abs(value - wanted) <= 1

describe('those that measure nothing', () => {
  it('failover asks the first one as long as it answers', async () => {
    const stage = await startStage({ configuration: chat('failover') })
    expect(count(await stage.askTimes(5), 'a')).toBe(5)
    stage.behaviour['a'] = 'status=500'
    const answer = await stage.ask()
    expect(answer.status).toBe(200)
    expect(answer.from).toBe('b')
    expect(answer.headers.get('x-waybill-attempts')).toBe('2')
    const { attempts } = await stage.record(answer)
    expect(attempts.map(({ target, result }) => `${target} ${result}`)).toEqual([
      'a/a failure',
      'b/b success',
    ])
  })

  it('round-robin takes turns', async () => {
    const stage = await startStage({ configuration: chat('round-robin', [...two, 'c/c']) })
    expect(await stage.askTimes(6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  it('random draws by weight', async () => {
    const targets = [
      { target: 'a/a', weight: 9 },
      { target: 'b/b', weight: 1 },
    ]
    const stage = await startStage({ configuration: chat('random', targets) })
    const from = await stage.askTimes(60)
    // 54 expected; less than 42 has a chance of one in a hundred thousand.
    expect(count(from, 'a')).toBeGreaterThanOrEqual(42)
    expect(count(from, 'a') + count(from, 'b')).toBe(60)
  })
})

describe('x-waybill-strategy', () => {
  const ask = { headers: { 'x-waybill-strategy': 'cost' } }

  it('takes the place of what is configured, for one request', async () => {
    const stage = await startStage({ ...prices, configuration: chat('failover') })
    const answer = await stage.ask(ask)
    expect(answer.from).toBe('b')
    expect(answer.headers.get('x-waybill-strategy')).toBe('cost')
    expect(answer.headers.get('x-waybill-reason')).toMatch(/^lowest expected cost/)
    expect((await stage.ask()).from).toBe('a')
  })

  it('must be a strategy', async () => {
    const stage = await startStage({ configuration: chat('failover') })
    const answer = await stage.ask({ headers: { 'x-waybill-strategy': 'cheapest' } })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('x-waybill-strategy must be one of failover, ')
    expect(stage.asked()).toEqual([])
  })

  it('is passed on to nobody', async () => {
    const stage = await startStage({ configuration: chat('failover') })
    await stage.ask({ headers: { 'x-waybill-strategy': 'random', 'x-other': 'kept' } })
    const [request] = stage.mock.log.requests()
    expect(request?.headers['x-other']).toBe('kept')
    expect(Object.keys(request?.headers ?? {}).filter((name) => /waybill/.test(name))).toEqual([])
  })
})

describe('the strategy of a policy', () => {
  it('holds for its clients, unless they ask for another', async () => {
    const stage = await startStage({
      ...prices,
      configuration: {
        ...chat('failover'),
        policies: { default: { allow: ['*'], strategy: 'cost' } },
      },
    })
    expect((await stage.ask()).from).toBe('b')
    const other = await stage.ask({ headers: { 'x-waybill-strategy': 'failover' } })
    expect(other.from).toBe('a')
  })
})

describe('a target that fails too often', () => {
  const health = { consecutiveFailures: 1_000, failureRate: '100%', minimumCalls: 1_000 }

  it('goes last, whatever the strategy says', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { ...chat('failover'), health },
    })
    const first = await stage.askTimes(25)
    expect(new Set(first)).toEqual(new Set(['b']))
    const before = stage.asked().length
    const answer = await stage.ask()
    expect(answer.headers.get('x-waybill-attempts')).toBe('1')
    expect(stage.asked().slice(before)).toEqual(['b'])
    expect(answer.headers.get('x-waybill-reason')).toMatch(
      /^next in line: a\/a goes last, only \d+ % of \d+ calls succeeded$/,
    )
  })

  it('does not where successThreshold is off', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500' },
      configuration: { ...chat('failover', two, { successThreshold: 0 }), health },
    })
    await stage.askTimes(20)
    expect((await stage.ask()).headers.get('x-waybill-attempts')).toBe('2')
  })
})
