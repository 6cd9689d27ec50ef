import { describe, expect, it } from 'vitest'
import type { WaybillRecord } from '../../src/core/account/record.ts'
import { startMock } from '../../src/mock/start-mock.ts'
import { post } from './client.ts'
import { type Rig, startRig, wholeText } from './rig.ts'
import { type Heard, pairs, type Speaker, speakers } from './speakers.ts'

const { openai } = speakers

interface Streamed {
  readonly heard: Heard
  readonly rig: Rig
  readonly ms: number
}

async function stream(
  client: Speaker,
  plot: Parameters<typeof startRig>[0],
  headers = {},
): Promise<Streamed> {
  const rig = await startRig(plot)
  const reply = await rig.ask(client, { streaming: true, headers })
  expect(reply.status).toBe(200)
  expect(reply.complete).toBe(true)
  return { heard: client.hearStream(reply.text), rig, ms: reply.totalMs }
}

const nothingOfAnEnd = { ended: false, finish: null }

/** The one request before the probe. */
async function accounted(rig: Rig): Promise<WaybillRecord | undefined> {
  return (await rig.check())[0]
}

describe('row 8: a stream is cut in the middle', () => {
  const cuts = ['cut-fin@20', 'cut-rst@20', 'cut-chunk@20', 'cut-length@20', 'cut-clean@20']

  describe.each(cuts)('%s', (cut) => {
    it.each(pairs)('$name: an error in the stream and no end', async ({ client, provider }) => {
      const { heard, rig } = await stream(client, { first: `fault=${cut}`, provider })
      expect(heard).toMatchObject({ ...nothingOfAnEnd, error: 'truncated' })
      expect(heard.text.length).toBeGreaterThan(20)
      expect(heard.text.length).toBeLessThan(wholeText.length)
      expect(wholeText.startsWith(heard.text)).toBe(true)
      expect(rig.asked()).toEqual(['first'])
      expect(await accounted(rig)).toMatchObject({
        outcome: 'failure',
        failureClass: 'truncated',
        usageEstimated: true,
      })
    })
  })

  it.each(pairs)('$name: in place of the finish, it is still a cut', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, { first: 'fault=cut-clean@60', provider })
    expect(heard).toMatchObject({ text: wholeText, ...nothingOfAnEnd, error: 'truncated' })
    expect(await accounted(rig)).toMatchObject({ outcome: 'failure', failureClass: 'truncated' })
  })

  it.each(pairs)('$name: before any output, another target answers', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, { first: 'fault=cut-fin@0', provider })
    expect(heard).toMatchObject({ text: wholeText, ended: true, error: null })
    expect(rig.asked()).toEqual(['first', 'second'])
    await rig.check()
  })
})

describe('row 8: a whole reply is cut in the middle', () => {
  const cuts = ['cut-fin', 'cut-rst', 'cut-chunk', 'cut-length', 'cut-clean', 'bad-json']

  it.each(cuts)('%s: another target answers', async (cut) => {
    const rig = await startRig({ first: `fault=${cut}` })
    const reply = await rig.ask(openai)
    expect(openai.hearWhole(JSON.parse(reply.text)).text).toBe(wholeText)
    expect(rig.asked()).toEqual(['first', 'second'])
    await rig.check()
  })

  it.each(cuts)('%s: an error when there is no other target', async (cut) => {
    const rig = await startRig({ first: `fault=${cut}`, second: null, retry: { attempts: 1 } })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(502)
    expect(reply.complete).toBe(true)
    expect(openai.hearWhole(JSON.parse(reply.text)).error).toMatch(/truncated|malformed_reply/)
    expect(await accounted(rig)).toMatchObject({ outcome: 'failure', status: 502 })
  })

  const begun = ['cut-fin@14000', 'cut-rst@14000', 'cut-chunk@14000', 'cut-length@14000']
  it.each([...begun, ...begun.map((cut) => `${cut}+close`)])(
    '%s after the client has seen some of it: the connection breaks',
    async (cut) => {
      const rig = await startRig({ first: `tokens=20000;fault=${cut}` })
      const reply = await rig.ask(openai)
      if (cut.includes('rst') && reply.complete) {
        // A reset throws away what had not been read: nothing was shown yet, so another answered.
        expect(openai.hearWhole(JSON.parse(reply.text)).text).toBe(wholeText)
        expect(rig.asked()).toEqual(['first', 'second'])
        return
      }
      expect(reply.complete).toBe(false)
      expect(reply.text.length).toBeGreaterThan(20_000)
      expect(() => JSON.parse(reply.text)).toThrow()
      expect(rig.asked()).toEqual(['first'])
      expect(await accounted(rig)).toMatchObject({
        outcome: 'failure',
        failureClass: 'truncated',
        usageEstimated: true,
      })
    },
  )
})

describe('row 10: an event that cannot be read', () => {
  describe.each(['bad-json@20', 'nul@20'])('%s', (fault) => {
    it.each(pairs)('$name: a clean error, and nothing a parser chokes on', async (pair) => {
      const { client, provider } = pair
      const { heard, rig } = await stream(client, { first: `fault=${fault}`, provider })
      expect(heard).toMatchObject({ ...nothingOfAnEnd, error: 'malformed_reply' })
      expect(wholeText.startsWith(heard.text)).toBe(true)
      expect(await accounted(rig)).toMatchObject({
        outcome: 'failure',
        failureClass: 'malformed_reply',
      })
    })
  })

  it.each(pairs)('$name: before any output, another target answers', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, { first: 'fault=bad-json@0', provider })
    expect(heard).toMatchObject({ text: wholeText, ended: true, error: null })
    expect(rig.asked()).toEqual(['first', 'second'])
    await rig.check()
  })

  it.each(pairs)('$name: bytes that are no UTF-8 spoil no more than their place', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, { first: 'fault=bad-utf8@20', provider })
    expect(heard.ended).toBe(true)
    expect(heard.text.replace(/\ufffd+\(\ufffd+/, '')).toBe(wholeText)
    await rig.check()
  })
})

describe('row 11: the formal end is missing, the finish reason came', () => {
  // A Responses stream has both in one event: without it there is no finish reason.
  const withFinish = pairs.filter(({ provider }) => provider !== 'openai-responses')

  it.each(withFinish)('$name: a normal end within 1 s, with usage', async (pair) => {
    const { client, provider } = pair
    const { heard, rig, ms } = await stream(client, { first: 'fault=no-done', provider })
    expect(heard).toMatchObject({ text: wholeText, error: null })
    expect(heard.finish).not.toBeNull()
    expect(ms).toBeLessThan(3_000)
    expect(await accounted(rig)).toMatchObject({ outcome: 'success', usageEstimated: false })
  })

  it.each(pairs)('$name: without a finish reason it is a cut', async ({ client, provider }) => {
    const { heard, rig } = await stream(client, { first: 'fault=no-finish', provider })
    expect(heard).toMatchObject({ text: wholeText, ...nothingOfAnEnd, error: 'truncated' })
    await rig.check()
  })
})

describe('row 17: status 200 and no reply', () => {
  const bodies = ['ok-error', 'ok-html', 'ok-empty']

  describe.each(bodies)('%s', (body) => {
    it.each(pairs)('$name: another target answers a stream', async ({ client, provider }) => {
      const { heard, rig } = await stream(client, { first: `fault=${body}`, provider })
      expect(heard).toMatchObject({ text: wholeText, ended: true, error: null })
      expect(rig.asked().at(-1)).toBe('second')
      await rig.check()
    })

    const some = pairs.filter(({ name }) => name === 'openai' || name === 'anthropic by openai')

    it.each(some)('$name: another target answers whole', async ({ client, provider }) => {
      const rig = await startRig({ first: `fault=${body}`, provider })
      const reply = await rig.ask(client)
      expect(reply.status).toBe(200)
      expect(client.hearWhole(JSON.parse(reply.text)).text).toBe(wholeText)
      const record = await accounted(rig)
      expect(record?.attempts[0]).toMatchObject({ result: 'failure', upstreamStatus: 200 })
    })

    it('is an error when there is no other target', async () => {
      const rig = await startRig({ first: `fault=${body}`, second: null })
      const reply = await rig.ask(openai)
      const heard = openai.hearWhole(JSON.parse(reply.text))
      expect(heard.error).not.toBeNull()
      expect(heard.ended).toBe(false)
      expect(await accounted(rig)).toMatchObject({ outcome: 'failure' })
    })
  })
})

describe('row 18: an error event in the stream', () => {
  it.each(pairs)('$name: as the first event, another target answers', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, {
      first: 'fault=error-event@0;error=overloaded',
      provider,
    })
    expect(heard).toMatchObject({ text: wholeText, ended: true, error: null })
    expect(rig.asked().at(-1)).toBe('second')
    const record = await accounted(rig)
    expect(record?.attempts[0]?.failure?.class).toBe('overloaded')
  })

  it.each(pairs)('$name: later, the client is told with its code', async (pair) => {
    const { client, provider } = pair
    const { heard, rig } = await stream(client, {
      first: 'fault=error-event@20;error=overloaded',
      provider,
    })
    expect(heard).toMatchObject(nothingOfAnEnd)
    // In the provider's own words where they pass through, else by our name for it.
    const translated = client.dialect !== provider
    expect(heard.error).toMatch(translated ? /^overloaded$/ : /overloaded|unavailable|server/i)
    expect(heard.text.length).toBeGreaterThan(20)
    expect(await accounted(rig)).toMatchObject({
      outcome: 'failure',
      failureClass: 'overloaded',
    })
  })
})

describe('row 21: pieces that part characters and line ends', () => {
  const faults = ['one-byte', 'split+crlf+comments']

  /** The stream as the provider writes it to its first request. */
  async function straight(client: Speaker, behaviour: string): Promise<string> {
    const mock = await startMock({ behaviour })
    const path = client.path('mock', true).replace(/^\/v1(beta)?/, '/v1')
    const reply = await post(mock.url + path, client.body('mock', true))
    await mock.close()
    return reply.text
  }

  describe.each(faults)('%s', (fault) => {
    it.each(pairs)('$name: nothing is lost or changed', async ({ client, provider, name }) => {
      const behaviour = `tokens=24;fault=${fault}`
      const rig = await startRig({ first: behaviour, provider })
      const reply = await rig.ask(client, { streaming: true })
      const heard = client.hearStream(reply.text)
      expect(heard).toMatchObject({ ended: true, error: null })
      expect(wholeText.startsWith(heard.text)).toBe(true)
      expect(heard.text).toContain(' 24·')
      if (name in speakers) {
        expect(reply.text).toBe(await straight(client, behaviour))
      }
      await rig.check()
    })
  })
})
