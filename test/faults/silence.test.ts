import { describe, expect, it } from 'vitest'
import { type Rig, startRig, wholeText } from './rig.ts'
import { pairs, speakers } from './speakers.ts'

const { openai } = speakers

/** The one request of a rig, accounted. */
async function only(rig: Rig) {
  const [record] = await rig.check()
  return { classes: record?.attempts.map(({ failure }) => failure?.class ?? null), record }
}

describe('row 6: the connection is accepted and nothing comes', () => {
  it.each(['silent', 'silent-body'])(
    'a whole reply (%s): the fallback answers within 1 s after `total`, one attempt',
    async (fault) => {
      const rig = await startRig({ first: `fault=${fault}`, timeouts: { total: '1500ms' } })
      const reply = await rig.ask(openai)
      expect(reply.status).toBe(200)
      expect(reply.totalMs).toBeLessThan(4_500)
      expect(rig.asked()).toEqual(['first', 'second'])
      expect((await only(rig)).classes).toEqual(['timeout', null])
    },
  )

  it.each(['silent', 'silent-body'])(
    'a stream (%s): the fallback answers within 1 s after `firstToken`, one attempt',
    async (fault) => {
      const rig = await startRig({ first: `fault=${fault}`, timeouts: { firstToken: '1500ms' } })
      const reply = await rig.ask(openai, { streaming: true })
      expect(openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
      expect(reply.totalMs).toBeLessThan(4_500)
      expect(rig.asked()).toEqual(['first', 'second'])
      expect((await only(rig)).classes).toEqual(['timeout', null])
    },
  )

  it('the limit in force is the one of the phase the attempt is in', async () => {
    // `connect` is the longest here: it must not be waited for once the connection stands.
    const rig = await startRig({
      first: 'fault=silent',
      timeouts: { connect: '8s', firstToken: '1s' },
    })
    const reply = await rig.ask(openai, { streaming: true })
    expect(reply.totalMs).toBeLessThan(4_000)
    await rig.check()
  })

  it('a client in a hurry is told within its own time', async () => {
    const rig = await startRig({ first: 'fault=silent', timeouts: { total: '60s' } })
    const reply = await rig.ask(openai, { headers: { 'x-waybill-timeout-ms': '300' } })
    expect(reply.status).toBe(504)
    expect(reply.totalMs).toBeLessThan(4_000)
    expect((await only(rig)).record).toMatchObject({ outcome: 'failure', failureClass: 'timeout' })
  })
})

describe('row 7: the first token takes too long', () => {
  it.each(pairs)('$name: another target answers', async ({ client, provider }) => {
    const rig = await startRig({
      first: 'preamble=1;ttft=20000',
      provider,
      timeouts: { firstToken: '1s' },
    })
    const reply = await rig.ask(client, { streaming: true })
    expect(reply.status).toBe(200)
    expect(client.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    expect(reply.totalMs).toBeLessThan(4_000)
    expect(rig.asked()).toEqual(['first', 'second'])
    expect((await only(rig)).classes).toEqual(['timeout', null])
  })
})

describe('row 9: silence in the middle of a stream', () => {
  it.each(pairs)('$name: an error in the stream at the idle limit', async (pair) => {
    const { client, provider } = pair
    // The idle limit counts, not what is left of the one for the first token.
    const rig = await startRig({
      first: 'fault=stall@20',
      provider,
      timeouts: { firstToken: '8s', idle: '1s' },
    })
    const reply = await rig.ask(client, { streaming: true })
    expect(reply.totalMs).toBeLessThan(4_000)
    const heard = client.hearStream(reply.text)
    expect(heard).toMatchObject({ ended: false, finish: null, error: 'timeout' })
    expect(wholeText.startsWith(heard.text)).toBe(true)
    expect(heard.text.length).toBeGreaterThan(20)
    expect(rig.asked()).toEqual(['first'])
    expect((await only(rig)).record).toMatchObject({
      outcome: 'failure',
      failureClass: 'timeout',
      usageEstimated: true,
    })
  })

  it('a whole reply that stops in the middle: the fallback answers at the idle limit', async () => {
    const rig = await startRig({
      first: 'fault=stall@20',
      timeouts: { total: '8s', idle: '1s' },
    })
    const reply = await rig.ask(openai)
    expect(openai.hearWhole(JSON.parse(reply.text)).text).toBe(wholeText)
    expect(reply.totalMs).toBeLessThan(4_000)
    expect((await only(rig)).classes).toEqual(['timeout', null])
  })
})
