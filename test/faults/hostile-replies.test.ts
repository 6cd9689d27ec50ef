import { describe, expect, it } from 'vitest'
import { eventually, openConnections, startRig, wholeText } from './rig.ts'
import { pairs, speakers } from './speakers.ts'

const { openai } = speakers

describe('row 22: usage that cannot be true', () => {
  const prices = { first: { input: 1, output: 4 }, second: { input: 1, output: 4 } }

  describe.each(['missing', 'null', 'negative', 'huge', 'string', 'zero'])('%s', (usage) => {
    it.each(pairs)('$name: is estimated, and said to be', async ({ client, provider }) => {
      const rig = await startRig({ first: `usage=${usage}`, provider, prices })
      const stream = await rig.ask(client, { streaming: true })
      expect(client.hearStream(stream.text)).toMatchObject({ text: wholeText, ended: true })
      const whole = await rig.ask(client)
      expect(client.hearWhole(JSON.parse(whole.text)).text).toBe(wholeText)
      for (const record of await rig.check()) {
        expect(record).toMatchObject({ outcome: 'success', usageEstimated: true })
        const { inputTokens, outputTokens } = record.usage
        expect(inputTokens).toBeGreaterThan(0)
        expect(inputTokens).toBeLessThan(1_000)
        expect(outputTokens).toBeGreaterThan(30)
        expect(outputTokens).toBeLessThan(300)
        expect(record.costNanoUsd).toBe(inputTokens * 1_000 + outputTokens * 4_000)
      }
    })
  })
})

describe('heads that no provider should send', () => {
  it.each([
    '1xx',
    'big-header',
    'many-headers',
    'dup-headers',
    'dup-length',
    'lf-header',
    'http10',
  ])('%s: answered by one target or the other', async (fault) => {
    const rig = await startRig({ first: `fault=${fault}` })
    for (const streaming of [true, false]) {
      const reply = await rig.ask(openai, { streaming })
      expect(reply.status).toBe(200)
      const heard = streaming
        ? openai.hearStream(reply.text)
        : openai.hearWhole(JSON.parse(reply.text))
      expect(heard).toMatchObject({ text: wholeText, ended: true })
    }
    await rig.check()
  })

  it.each([
    ['bytes that are no ASCII', 'header=x-note:größe港口'],
    ['a header of ours', 'header=x-waybill-target:forged'],
    ['a cookie', 'header=set-cookie:session=1'],
  ])('%s', async (_, first) => {
    const rig = await startRig({ first })
    for (const streaming of [true, false]) {
      const reply = await rig.ask(openai, { streaming })
      expect(reply.status).toBe(200)
      expect(reply.headers['x-waybill-target']).toMatch(/^first\//)
      expect(reply.headers['set-cookie']).toBeUndefined()
    }
    await rig.check()
  })
})

describe('an error answer', () => {
  it('without end is cut where it is understood', async () => {
    const rig = await startRig({ first: 'fault=endless;status=500', retry: { attempts: 1 } })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    await rig.check()
  })
})

describe('after all of it', () => {
  it('no connection to a provider is left', async () => {
    const faults = ['cut-fin', 'stall', 'error-event', 'ok-html', 'bad-json', 'silent', 'rst']
    const rigs = await Promise.all(faults.map((fault) => startRig({ first: `fault=${fault}` })))
    await Promise.all(rigs.map((rig) => rig.ask(openai, { streaming: true })))
    await Promise.all(rigs.map((rig) => rig.check()))
    const open = () => rigs.flatMap(({ mock }) => openConnections(mock)).length
    await eventually(() => open() === 0, 15_000)
  })
})
