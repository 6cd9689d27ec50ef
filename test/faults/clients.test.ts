import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect, Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpRequest, sendRaw } from '../support/raw-http.ts'
import { eventually, type Rig, startRig, wholeText } from './rig.ts'
import { pairs, type Speaker, speakers } from './speakers.ts'

const { openai } = speakers

interface Caller {
  readonly socket: Socket
  /** Everything received so far. */
  received(): string
}

/** Sends a request on a raw socket, so that the test decides how the connection ends. */
function call(rig: Rig, speaker: Speaker, streaming: boolean): Promise<Caller> {
  const { hostname, port } = new URL(rig.gateway.url)
  let text = ''
  const body = JSON.stringify(speaker.body('chain', streaming))
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true })
  socket.on('data', (data) => {
    text += data.toString()
  })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return new Promise((resolve) => {
    socket.on('connect', () => {
      socket.write(httpRequest(speaker.path('chain', streaming), body))
      resolve({ socket, received: () => text })
    })
  })
}

type Leave = (socket: Socket) => void

/** A program that ends, or whose request is given up, says FIN; RST comes when bytes lay unread. */
const ways: readonly { readonly way: string; readonly leave: Leave }[] = [
  { way: 'by RST', leave: (socket) => void socket.resetAndDestroy() },
  { way: 'by FIN', leave: (socket) => void socket.destroy() },
]

/** The client goes, and the provider's connection must be closed within a second. */
async function leaveAndWatch(rig: Rig, { socket, received }: Caller, leave: Leave) {
  // The status the client got; one of its own where it left before any.
  const status = received() === '' ? 499 : 200
  leave(socket)
  rig.sent(received())
  const { log } = rig.mock
  await log.waitFor((entry) => entry.kind === 'ended' && entry.how === 'client-closed', 5_000)
  const [record] = await rig.check()
  expect(record).toMatchObject({ outcome: 'cancelled', failureClass: 'cancelled', status })
  expect(record?.attempts).toMatchObject([{ result: 'cancelled' }])
  expect(record?.usage.inputTokens).toBeGreaterThan(0)
  expect(record?.usageEstimated).toBe(true)
  return record
}

describe('row 27: the client goes away', () => {
  describe.each(ways)('$way', ({ leave }) => {
    it.each([true, false])('before the first byte (streaming: %s)', async (streaming) => {
      const rig = await startRig({
        first: 'ttft=20000',
        timeouts: { firstToken: '60s', total: '60s' },
      })
      const caller = await call(rig, openai, streaming)
      await rig.mock.log.waitFor((entry) => entry.kind === 'request')
      await leaveAndWatch(rig, caller, leave)
    })

    it.each(pairs)('$name: in the middle of a stream', async ({ client, provider }) => {
      const rig = await startRig({ first: 'tps=150;tokens=500', provider })
      const caller = await call(rig, client, true)
      await eventually(() => caller.received().includes(' 24·'), 15_000)
      const words = wholeText.split(/(?= )/)
      const heard = words.filter((_, index) => caller.received().includes(` ${index + 1}·`)).length
      // The first words carry no number.
      const emitted = heard + words.findIndex((word) => word.includes('·'))
      const record = await leaveAndWatch(rig, caller, leave)
      const counted = record?.usage.outputTokens ?? 0
      expect(Math.abs(counted - emitted)).toBeLessThanOrEqual(Math.ceil(emitted * 0.1))
    })

    it('in the middle of a stream that is silent', async () => {
      const rig = await startRig({ first: 'fault=stall@20', timeouts: { idle: '60s' } })
      const caller = await call(rig, openai, true)
      await eventually(() => caller.received().includes(' 20·'), 15_000)
      await leaveAndWatch(rig, caller, leave)
    })

    it('in the middle of a large whole reply', async () => {
      const rig = await startRig({
        first: 'tokens=20000;fault=stall@14000',
        timeouts: { idle: '60s', total: '60s' },
      })
      const caller = await call(rig, openai, false)
      await eventually(() => caller.received().length > 70_000, 15_000)
      await leaveAndWatch(rig, caller, leave)
    })
  })

  it('while a retry is waited for: nobody is asked again', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=1', second: null })
    const { socket } = await call(rig, openai, false)
    await rig.mock.log.waitFor((entry) => entry.kind === 'ended')
    socket.resetAndDestroy()
    rig.sent('')
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'cancelled' })
    await after(1_200)
    expect(rig.asked()).toEqual(['first', 'well'])
  })
})

describe('row 28: the client closes its sending side and reads on', () => {
  const slow = [
    ['at once', ''],
    ['after 1.5 s', 'ttft=1500'],
    ['word by word', 'tps=40'],
  ] as const

  it.each(slow)('an answer that comes %s is delivered in full', async (_, first) => {
    for (const streaming of [true, false]) {
      const rig = await startRig({ first, timeouts: { firstToken: '5s', total: '5s' } })
      const { socket, received } = await call(rig, openai, streaming)
      socket.end()
      await new Promise((resolve) => socket.on('end', resolve))
      rig.sent(received())
      const [head = '', body = ''] = finalAnswer(received())
      expect(head).toMatch(/^HTTP\/1\.1 200 OK/)
      const heard = streaming
        ? openai.hearStream(unchunked(body))
        : openai.hearWhole(JSON.parse(body))
      expect(heard).toMatchObject({ text: wholeText, ended: true })
      const [record] = await rig.check()
      expect(record).toMatchObject({ outcome: 'success' })
    }
  })

  it('a refusal is delivered too', async () => {
    const rig = await startRig({ first: '' })
    const reply = await sendRaw(rig.gateway.url, httpRequest('/v1/chat/completions', '{}'))
    rig.sent(reply.body)
    expect(reply.status).toBe(400)
    await rig.check()
  })
})

/** Head and body of the last answer: interim ones (100 Continue) may come before it. */
function finalAnswer(received: string): [string, string] {
  const rest = received.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, '')
  const end = rest.indexOf('\r\n\r\n')
  return [rest.slice(0, end), rest.slice(end + 4)]
}

function unchunked(body: string): string {
  let rest = Buffer.from(body)
  const pieces: Buffer[] = []
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.toString('latin1', 0, end), 16)
    if (!(size > 0)) return Buffer.concat(pieces).toString()
    pieces.push(rest.subarray(end + 2, end + 2 + size))
    rest = rest.subarray(end + 4 + size)
  }
}

describe('row 29: a client that never reads', () => {
  /** The gateway's side of every connection that brought a request. */
  function serverSockets(): Socket[] {
    const sockets: Socket[] = []
    const note = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('socket' in message)) return
      const { socket } = message
      if (socket instanceof Socket && !sockets.includes(socket)) sockets.push(socket)
    }
    subscribe('http.server.request.start', note)
    onTestFinished(() => void unsubscribe('http.server.request.start', note))
    return sockets
  }

  it.each([true, false])('holds little and disturbs nobody (streaming: %s)', async (streaming) => {
    const sockets = serverSockets()
    const rig = await startRig({ first: 'fault=endless', timeouts: { total: '60s' } })
    const { socket } = await call(rig, openai, streaming)
    socket.pause()
    await eventually(() => sockets[0]?.writableNeedDrain === true, 15_000)
    let most = 0
    for (let look = 0; look < 50; look++) {
      most = Math.max(most, sockets[0]?.writableLength ?? 0)
      await after(10)
    }
    expect(most).toBeGreaterThan(0)
    // Events come one by one; of a body in one piece a whole read may stand behind what waits already.
    const readBytes = streaming ? 0 : 16 * 1024
    expect(most).toBeLessThanOrEqual(64 * 1024 + readBytes)
    const other = await rig.ask(openai, { model: 'well', streaming: true })
    expect(openai.hearStream(other.text).ended).toBe(true)
    expect(other.totalMs).toBeLessThan(5_000)
    socket.resetAndDestroy()
    rig.sent('')
    const records = await rig.check()
    expect(records.map(({ outcome }) => outcome).sort()).toEqual(['cancelled', 'success'])
  })
})
