import { describe, expect, it } from 'vitest'
import { startStage } from './stage.ts'

const all = ['a/a', 'b/b']
const picture = {
  type: 'image_url',
  image_url: {
    url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg',
  },
}
const seeing = {
  body: { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture] }] },
}
const tool = { type: 'function', function: { name: 'weigh', parameters: { type: 'object' } } }
const words = (count: number) => 'parcel '.repeat(count)

const chat = (strategy: string) => ({ models: { chat: { strategy, targets: all } } })

describe('a target that cannot do what is asked', () => {
  it.each(['failover', 'capability', 'random'])(
    'is left out by %s, and told why',
    async (strategy) => {
      const stage = await startStage({
        models: { a: { capabilities: { vision: false } }, b: { capabilities: { vision: true } } },
        configuration: chat(strategy),
      })
      const answer = await stage.ask(seeing)
      expect(answer.from).toBe('b')
      const record = await stage.record(answer)
      expect(record.excluded).toEqual([{ target: 'a/a', because: 'no vision' }])
      expect(record.candidates.map(({ target }) => target)).toEqual(['b/b'])
      expect(stage.asked()).toEqual(['b'])
    },
  )

  it('is tools as well', async () => {
    const stage = await startStage({
      models: { a: { capabilities: { tools: false } } },
      configuration: chat('failover'),
    })
    expect((await stage.ask()).from).toBe('a')
    const answer = await stage.ask({ body: { tools: [tool] } })
    expect(answer.from).toBe('b')
    expect((await stage.record(answer)).excluded).toEqual([{ target: 'a/a', because: 'no tools' }])
  })

  it('is a failure of its own where nobody can, without asking anybody', async () => {
    const blind = { capabilities: { vision: false } }
    const stage = await startStage({
      models: { a: blind, b: blind },
      configuration: chat('latency'),
    })
    const answer = await stage.ask(seeing)
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'no_target_available' } })
    expect(answer.text).toContain('a/a: no vision; b/b: no vision')
    expect(stage.asked()).toEqual([])
  })
})

describe('capability', () => {
  it('prefers what is known to be able, then the weight', async () => {
    const stage = await startStage({
      models: { b: { capabilities: { tools: true } } },
      configuration: {
        models: {
          chat: { strategy: 'capability', targets: [{ target: 'a/a', weight: 5 }, 'b/b'] },
        },
      },
    })
    expect((await stage.ask()).from).toBe('a')
    const answer = await stage.ask({ body: { tools: [tool] } })
    expect(answer.from).toBe('b')
    expect(answer.headers.get('x-waybill-reason')).toBe('most suitable: known to do tools')
  })
})

describe('a context window', () => {
  it('that is certainly too small leaves a target out', async () => {
    const stage = await startStage({
      models: {
        a: { contextWindow: 1_000 },
        b: { contextWindow: 100_000 },
      },
      configuration: chat('failover'),
    })
    expect((await stage.ask()).from).toBe('a')
    const messages = [{ role: 'user', content: words(5_000) }]
    const answer = await stage.ask({ body: { messages } })
    expect(answer.from).toBe('b')
    const { excluded } = await stage.record(answer)
    expect(excluded).toEqual([
      { target: 'a/a', because: expect.stringMatching(/^context window 1000 < \d+ tokens needed/) },
    ])
    expect(stage.asked()).toEqual(['a', 'b'])
  })

  it('that turns out too small sends the request to a larger one only', async () => {
    const stage = await startStage({
      behaviour: { a: 'error=context-length' },
      models: {
        a: { contextWindow: 8_000 },
        b: { contextWindow: 8_000 },
        c: { contextWindow: 200_000 },
      },
      configuration: { models: { chat: { targets: [...all, 'c/c'] } } },
    })
    const answer = await stage.ask()
    expect(answer.status).toBe(200)
    expect(stage.asked()).toEqual(['a', 'c'])
    expect((await stage.record(answer)).attempts[0]?.failure?.class).toBe('context_length_exceeded')
  })
})

describe('a conversation with a warm prompt', () => {
  const cached = {
    price: { input: 1, cachedInput: 0.1, output: 1 },
    capabilities: { promptCache: true },
  }
  const turns = (subject: string, count: number) => {
    const first = `${subject}: ${words(4_000)}`
    const messages = [{ role: 'user', content: first }]
    for (let turn = 0; turn < count; turn++) {
      messages.push(
        { role: 'assistant', content: 'Noted.' },
        { role: 'user', content: 'And then?' },
      )
    }
    return { body: { messages } }
  }

  it.each(['random', 'round-robin', 'least-busy'])('stays under %s', async (strategy) => {
    const reading = 'cached=2500;input=4000'
    const stage = await startStage({
      behaviour: { a: reading, b: reading, c: reading },
      models: { a: cached, b: cached, c: cached },
      configuration: { models: { chat: { strategy, targets: [...all, 'c/c'] } } },
    })
    const first = await stage.ask(turns('parcels', 0))
    for (let turn = 1; turn <= 6; turn++) {
      const answer = await stage.ask(turns('parcels', turn))
      expect(answer.from).toBe(first.from)
      // Other conversations in between are nobody's business.
      await stage.ask(turns(`letters ${turn}`, 0))
    }
    const others = new Set(stage.asked())
    expect(others.size).toBeGreaterThan(1)
  })

  it('stays where it is cheaper with the cache, though not without', async () => {
    const price = { input: 1, cachedInput: 0.1, output: 1 }
    const stage = await startStage({
      behaviour: { a: 'cached=2500;input=4000', b: 'input=4000' },
      models: {
        a: { price, capabilities: { promptCache: true } },
        b: { price: { input: 0.8, output: 1 }, capabilities: { promptCache: false } },
      },
      configuration: chat('cost'),
    })
    const begin = { ...turns('parcels', 0), headers: { 'x-waybill-strategy': 'failover' } }
    expect((await stage.ask(begin)).from).toBe('a')
    expect((await stage.ask(turns('parcels', 1))).from).toBe('a')
    expect((await stage.ask(turns('letters', 0))).from).toBe('b')
  })
})
