import { describe, expect, it } from 'vitest'
import { lateState } from '../../support/limiting.ts'
import { catalogOf } from '../config/configure.ts'
import { type Asked, gatewayRig, type Rig, type RigOptions } from './rig.ts'

const providers = `
providers:
  one: { dialect: openai, baseUrl: http://one.test, models: { m: { price: { input: 0, output: 100 } } } }
  two: { dialect: openai, baseUrl: http://two.test, models: { m: { price: { input: 0, output: 100 } } } }
  words: { dialect: anthropic, baseUrl: http://words.test, models: { m: { price: { input: 100, output: 100 } } } }
models:
  both: { targets: [one/m, two/m], retry: { attempts: 1 } }
  single: { targets: [one/m], retry: { attempts: 1 } }
  words: { targets: [words/m] }
`

const rigOf = (limits: string, options?: RigOptions) =>
  gatewayRig(catalogOf(`${providers}${limits}`), options)

const messages = [{ role: 'user', content: 'hi' }]
const chat = { model: 'single', messages }

/** A reply of so many tokens, a tenth of a cent each thousand. */
const replyOf = (outputTokens: number) =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: outputTokens },
  })

const answering =
  (outputTokens: number) =>
  (asked: Asked): void =>
    asked.answer(200, replyOf(outputTokens))

async function used(rig: Rig, subject: string): Promise<number[]> {
  const books = await rig.limiting.state.books({ subject, limit: 9 })
  return books.map((book) => book.used)
}

async function expectNothingBorrowed({ limiting }: Rig): Promise<void> {
  expect(limiting.tickets.open).toBe(0)
  const books = await limiting.state.books({ subject: null, limit: 99 })
  for (const { reserved } of books) expect(reserved).toBe(0)
}

describe('a budget that is used up', () => {
  it('is told to the client, the operator and the record alike', async () => {
    const rig = rigOf(
      'limits: { client: [{ per: day, cost: 0.10 }, { per: hour, requests: 9 }] }',
      {
        onAsked: answering(1_200),
      },
    )
    await rig.send({ ...chat, max_tokens: 1_000 }).over
    const { got, over } = rig.send({ ...chat, max_tokens: 1_000 })
    await over
    expect(got.status).toBe(429)
    expect(got.body).toContain('budget')
    expect(got.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '8' })
    const limitId = 'client cost/day'
    expect(rig.limiting.violations).toMatchObject([{ limitId, requestId: 'wb_2', client: 'local' }])
    const { limits, failureClass } = rig.records[1] ?? {}
    expect(failureClass).toBe('budget_exceeded')
    expect(limits?.find(({ needed }) => needed !== null)).toMatchObject({ metric: 'cost' })
    await expectNothingBorrowed(rig)
  })

  it('is waited for where requests may wait', async () => {
    const rig = rigOf('limits: { client: [{ per: second, cost: 0.10 }], queue: { maxWait: 5s } }', {
      onAsked: answering(1_000),
    })
    await rig.send({ ...chat, max_tokens: 1_000 }).over
    const { got, over } = rig.send({ ...chat, max_tokens: 1_000 })
    expect(got.status).toBeNull()
    rig.clock.advance(1_100)
    await over
    expect(got.status).toBe(200)
    expect(rig.records[1]?.queuedMs).toBeGreaterThan(900)
  })

  it('is not touched by counting tokens, which is free of charge', async () => {
    const rig = rigOf('limits: { client: [{ per: day, cost: 0.10 }] }', {
      onAsked: (asked) => asked.answer(200, '{"input_tokens":400}'),
    })
    const body = { model: 'words', messages: [{ role: 'user', content: 'word '.repeat(9_000) }] }
    const { got, over } = rig.send(body, { path: '/v1/messages/count_tokens' })
    await over
    expect(got.status).toBe(200)
    expect(rig.records[0]?.costNanoUsd).toBe(0)
    expect(await used(rig, 'client:local')).toEqual([0])
  })
})

describe('limits of targets', () => {
  it('that all are reached are told by the one that has room first', async () => {
    const rig = rigOf('limits: { target: [{ per: hour, requests: 1 }] }', {
      onAsked: answering(1),
    })
    await rig.send({ model: 'both', messages }).over
    rig.clock.advance(60_000)
    await rig.send({ model: 'both', messages }).over
    const { got, over } = rig.send({ model: 'both', messages })
    await over
    expect(got.status).toBe(429)
    const needed = rig.records[2]?.limits.filter((limit) => limit.needed !== null)
    expect(needed).toMatchObject([{ scope: 'target:one/m' }])
    expect(rig.limiting.violations).toMatchObject([{ subject: 'target:one/m' }])
  })

  it('give room back when a target turns out not to be asked', async () => {
    const rig = rigOf('limits: { target: [{ concurrent: 1 }] }', { state: lateState })
    const state = rig.limiting.state
    if (!('answer' in state) || typeof state.answer !== 'function') throw new Error('is late')
    const { over } = rig.send({ model: 'both', messages })
    state.answer()
    await Promise.resolve()
    rig.asked[0]?.answer(500, '{}')
    state.answer()
    expect(await used(rig, 'target:one/m')).toEqual([0])
    rig.asked[1]?.answer(200, replyOf(2))
    await over
    await expectNothingBorrowed(rig)
  })
})

describe('what a request took', () => {
  it('is that of all its attempts', async () => {
    const rig = rigOf('limits: { client: [{ per: hour, outputTokens: 100000 }] }')
    const { over } = rig.send({ model: 'both', messages, stream: true })
    await Promise.resolve()
    const chunk = { id: 'c1', choices: [{ index: 0, delta: { content: 'Hello there' } }] }
    rig.asked[0]?.observer.head(200, { 'content-type': 'text/event-stream' })
    rig.asked[0]?.observer.data(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
    rig.asked[0]?.observer.ended()
    await over
    const [record] = rig.records
    const sum = record?.attempts.reduce((all, { usage }) => all + usage.outputTokens, 0)
    expect(sum).toBeGreaterThan(0)
    expect(await used(rig, 'client:local')).toEqual([sum])
    await expectNothingBorrowed(rig)
  })

  it('is no matter of others that were charged in the same turn, where one meets a fault', async () => {
    const rig = rigOf('limits: { client: [{ per: hour, requests: 9 }] }', {
      state: lateState,
      onAsked: answering(1),
    })
    const { state, reports } = rig.limiting
    if (!('answer' in state) || typeof state.answer !== 'function') throw new Error('is late')
    const fault = new Error('a fault')
    reports.admitted = () => {
      reports.admitted = () => {}
      throw fault
    }
    const [first, second] = [rig.send(chat), rig.send(chat)]
    state.answer()
    await Promise.all([first.over, second.over])
    expect([first.got.status, second.got.status]).toEqual([500, 200])
    expect(rig.internalErrors).toEqual([fault])
    expect(rig.records.map(({ failureClass }) => failureClass)).toEqual(['internal', null])
  })

  it('is nothing where it was refused while a shared state was still asked', async () => {
    const rig = rigOf(
      'limits: { client: [{ per: second, requests: 1 }], queue: { maxWait: 1500ms } }',
      { state: lateState, onAsked: answering(1) },
    )
    const state = rig.limiting.state
    if (!('answer' in state) || typeof state.answer !== 'function') throw new Error('is late')
    const first = rig.send(chat)
    state.answer()
    await first.over
    const second = rig.send(chat)
    state.answer()
    rig.clock.advance(1_200)
    second.got.leave()
    state.answer()
    await second.over
    expect(rig.records[1]).toMatchObject({ outcome: 'cancelled', status: 499 })
    rig.clock.advance(2_000)
    expect(await used(rig, 'client:local')).toEqual([0])
    await expectNothingBorrowed(rig)
  })
})

describe('a request that waits', () => {
  it('goes by the limits there are when it asks again', async () => {
    const rig = rigOf('limits: { client: [{ per: hour, requests: 1 }], queue: { maxWait: 2h } }', {
      onAsked: answering(1),
    })
    await rig.send(chat).over
    const { got, over } = rig.send(chat)
    expect(got.status).toBeNull()
    rig.limiting.inForce.configure([])
    rig.limiting.room.changed()
    rig.clock.advance(1)
    await over
    expect(got.status).toBe(200)
  })
})
