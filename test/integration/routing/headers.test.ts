import { describe, expect, it } from 'vitest'
import { type Answer, startStage } from './stage.ts'

const configuration = { models: { chat: { targets: ['a/a', 'b/b'], retry: { attempts: 1 } } } }
const price = { a: { price: { input: 1, output: 2 } }, b: { price: { input: 1, output: 2 } } }

/** The decision as its headers tell it. */
function decision({ headers }: Answer): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-waybill-')))
}

const ever = {
  'x-waybill-id': expect.stringMatching(/^wb_\w+$/),
  'x-waybill-overhead-ms': expect.stringMatching(/^\d+\.\d{3}$/),
  'x-waybill-policy': 'default',
}
const planned = {
  ...ever,
  'x-waybill-model': 'chat',
  'x-waybill-strategy': 'failover',
  'x-waybill-reason': expect.stringMatching(/./),
}

const contents = [{ role: 'user', parts: [{ text: 'Where is the parcel?' }] }]
const kinds = [
  ['chat completions', {}],
  ['messages', { path: '/v1/messages', body: { max_tokens: 50 } }],
  ['responses', { path: '/v1/responses', body: { input: 'Where is it?', messages: undefined } }],
  [
    'gemini',
    { path: '/v1beta/models/chat:generateContent', body: { contents, messages: undefined } },
  ],
] as const

describe('the headers of a reply', () => {
  it.each(kinds)('of %s tell the decision, and its cost', async (_, question) => {
    const stage = await startStage({ models: price, configuration })
    const answer = await stage.ask(question)
    expect(answer.status).toBe(200)
    expect(decision(answer)).toEqual({
      ...planned,
      'x-waybill-target': 'a/a',
      'x-waybill-attempts': '1',
      'x-waybill-cost-usd': expect.stringMatching(/^0\.000\d+$/),
    })
    const record = await stage.record(answer)
    expect(Number(answer.headers.get('x-waybill-cost-usd')) * 1e9).toBeCloseTo(
      record.costNanoUsd ?? 0,
    )
  })

  it('of a stream do so but for the cost, which is in the record', async () => {
    const stage = await startStage({ models: price, configuration })
    const answer = await stage.ask({ body: { stream: true } })
    const wanted = { ...planned, 'x-waybill-target': 'a/a', 'x-waybill-attempts': '1' }
    expect(decision(answer)).toEqual(wanted)
    expect((await stage.record(answer)).costNanoUsd).toBeGreaterThan(0)
  })

  it('after a failover name who answered', async () => {
    const stage = await startStage({ behaviour: { a: 'status=500' }, configuration })
    const answer = await stage.ask()
    expect(decision(answer)).toEqual({
      ...planned,
      'x-waybill-target': 'b/b',
      'x-waybill-attempts': '2',
    })
  })

  it('of an error after all attempts keep SDKs from repeating them', async () => {
    const broken = { a: 'status=500', b: 'error=overloaded' }
    const stage = await startStage({ behaviour: broken, models: price, configuration })
    const answer = await stage.ask()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(decision(answer)).toEqual({
      ...planned,
      'x-waybill-target': 'b/b',
      'x-waybill-attempts': '2',
      'x-waybill-cost-usd': '0',
    })
  })

  it('of a request that was turned away say what is known', async () => {
    const stage = await startStage({ configuration })
    const answer = await stage.ask({ model: 'nothing' })
    expect(answer.status).toBe(404)
    expect(decision(answer)).toMatchObject({ ...ever, 'x-waybill-attempts': '0' })
  })

  it('keep nothing of what a provider calls its own decision', async () => {
    const stage = await startStage({
      behaviour: { a: 'header=x-waybill-target:evil/one;header=x-ratelimit-limit-requests:7' },
      configuration,
    })
    const answer = await stage.ask()
    expect(answer.headers.get('x-waybill-target')).toBe('a/a')
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('7')
  })
})
