import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { WaybillRecord } from '../../src/core/account/record.ts'
import { eventually, type Plot, type Rig, startRig, wholeText } from './rig.ts'
import { pairs, speakers } from './speakers.ts'

const { openai } = speakers
const hedge = { after: '100ms', budget: '50%' }
const prices = { first: { input: 1_000, output: 1_000 }, second: { input: 1, output: 4 } }

function startRace(plot: Plot): Promise<Rig> {
  return startRig({ alias: { hedge }, retry: { attempts: 1 }, ...plot })
}

function resultsOf(record: WaybillRecord | undefined): string[] {
  return (record?.attempts ?? []).map(({ target, result }) => `${target.split('/')[0]} ${result}`)
}

/** How the connections of the race ended at the provider, by order of the requests. */
function endsAt(rig: Rig): string[] {
  const ends = new Map<number, string>()
  for (const entry of rig.mock.log.entries) {
    if (entry.kind === 'request') ends.set(entry.request, 'open')
    if (entry.kind === 'ended') ends.set(entry.request, entry.how)
  }
  return [...ends.values()]
}

describe('a race for the first token', () => {
  it.each(pairs)('$name: the second target wins, the first is let go', async (pair) => {
    const { client, provider } = pair
    const rig = await startRace({ first: 'ttft=8000', provider, prices })
    const body = client.dialect === 'openai-responses' ? { store: false } : {}
    const reply = await rig.ask(client, { streaming: true, body })
    expect(reply.totalMs).toBeLessThan(2_000)
    expect(client.hearStream(reply.text)).toMatchObject({
      text: wholeText,
      ended: true,
      error: null,
    })
    expect(reply.headers['x-waybill-target']).toBe('second/mock')
    expect(reply.headers['x-waybill-attempts']).toBe('2')
    await eventually(() => endsAt(rig)[0] === 'client-closed', 1_000)
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first cancelled', 'second success'])
    expect(record).toMatchObject({
      outcome: 'success',
      target: 'second/mock',
      usageEstimated: false,
    })
    const [lost, won] = record?.attempts ?? []
    // It may have read the prompt: what it bills for that is counted too, on a line of its own.
    expect(lost).toMatchObject({ usageEstimated: true, usage: { outputTokens: 0 }, failure: null })
    expect(lost?.usage.inputTokens).toBeGreaterThan(0)
    expect(won?.usage.outputTokens).toBe(60)
    expect(record?.costNanoUsd).toBe((lost?.costNanoUsd ?? 0) + (won?.costNanoUsd ?? 0))
    expect((won?.startedMs ?? 0) - (lost?.startedMs ?? 0)).toBeGreaterThan(90)
  })

  it('the first target wins although a second was asked', async () => {
    const rig = await startRace({ first: 'ttft=500', second: 'ttft=8000' })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    expect(reply.headers['x-waybill-target']).toMatch(/^first/)
    await eventually(() => endsAt(rig)[1] === 'client-closed', 1_000)
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first success', 'second cancelled'])
    expect(record?.target).toMatch(/^first/)
  })

  it('nobody else is asked while the first is in time', async () => {
    const rig = await startRace({ first: '', alias: { hedge: { after: '2s', budget: '50%' } } })
    await rig.ask(openai, { streaming: true })
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first success'])
  })

  it('a target that stands alone is asked twice, as far as its attempts go', async () => {
    const slowOnce = 'fault=silent;times=1'
    const rig = await startRace({ first: slowOnce, second: null, retry: { attempts: 2 } })
    const reply = await rig.ask(openai, { streaming: true })
    expect(reply.status).toBe(200)
    expect(rig.asked()).toEqual(['first', 'first'])
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first cancelled', 'first success'])
  })

  it.each([
    ['a whole reply', openai, false, {}],
    ['a reply the provider keeps', speakers['openai-responses'], true, {}],
    [
      'tools that run at the provider',
      speakers.anthropic,
      true,
      {
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      },
    ],
  ] as const)('%s is not asked for twice', async (_, speaker, streaming, body) => {
    const rig = await startRace({ first: 'ttft=600', provider: speaker.dialect })
    const reply = await rig.ask(speaker, { streaming, body })
    expect(reply.status).toBe(200)
    expect(rig.asked()).toEqual(['first'])
    await rig.check()
  })
})

describe('the budget of a race', () => {
  it('holds when every reply is late', async () => {
    const alias = { hedge: { after: '50ms', budget: '10%' } }
    const rig = await startRace({ first: 'ttft=350', second: 'ttft=100', alias })
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => rig.ask(openai, { streaming: true })),
    )
    for (const reply of replies) expect(openai.hearStream(reply.text).ended).toBe(true)
    const records = await rig.check()
    // One in hand, and a tenth of twenty.
    const hedged = records.filter(({ attempts }) => attempts.length > 1).length
    expect(hedged).toBeGreaterThanOrEqual(1)
    expect(hedged).toBeLessThanOrEqual(3)
  })
})

describe('a race in which something goes wrong', () => {
  it('the first fails: the other goes on alone', async () => {
    const rig = await startRace({ first: 'ttft=300;fault=rst', second: 'ttft=700' })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first failure', 'second success'])
  })

  it('the second fails: the first goes on alone', async () => {
    const rig = await startRace({ first: 'ttft=700', second: 'ttft=50;fault=rst' })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first success', 'second failure'])
  })

  it('both fail: the client is told what the last one said', async () => {
    const rig = await startRace({ first: 'ttft=400;fault=rst', second: 'status=503' })
    const reply = await rig.ask(openai, { streaming: true })
    expect(reply.status).toBe(502)
    expect(openai.hearWhole(JSON.parse(reply.text)).error).toBe('unreachable')
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first failure', 'second failure'])
    expect(record?.failureClass).toBe('unreachable')
  })

  it('the winner breaks off: the loser of the race may go on for it', async () => {
    const rig = await startRace({
      first: 'ttft=400;fault=cut-fin@20',
      second: 'ttft=600',
      facts: { second: { capabilities: { assistantPrefix: true } } },
    })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    const [record] = await rig.check()
    expect(resultsOf(record)).toEqual(['first failure', 'second cancelled', 'second success'])
  })

  it('the client leaves: both are let go at once', async () => {
    const rig = await startRace({ first: 'ttft=8000', second: 'ttft=8000' })
    const { hostname, port } = new URL(rig.gateway.url)
    const body = JSON.stringify(openai.body('chain', true))
    const socket = connect({ host: hostname, port: Number(port) })
    socket.on('error', () => {})
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await eventually(() => rig.asked().length === 2, 3_000)
    socket.resetAndDestroy()
    await eventually(() => endsAt(rig).every((how) => how === 'client-closed'), 1_000)
    rig.sent('')
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'cancelled', status: 499 })
    expect(resultsOf(record)).toEqual(['first cancelled', 'second cancelled'])
  })
})
