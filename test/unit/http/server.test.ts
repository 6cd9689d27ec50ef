import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askChat, chatBody, streamChat } from '../../support/ask-chat.ts'
import { startGateway, until } from '../../support/gateway.ts'
import { startPacedUpstream } from '../../support/paced-upstream.ts'
import { httpRequest } from '../../support/raw-http.ts'

async function rig(server = '') {
  const upstream = await startPacedUpstream()
  const gateway = await startGateway(
    `server: { listen: "127.0.0.1:0"${server} }\nproviders: { up: { dialect: openai, baseUrl: "${upstream.baseUrl}" } }\n`,
  )
  return { upstream, gateway }
}

/** A connection that takes whatever comes. */
function open(url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  const got = { text: '', closed: false }
  socket.on('data', (bytes) => {
    got.text += bytes.toString()
  })
  socket.on('close', () => {
    got.closed = true
  })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return { socket, got }
}

const chat = '/v1/chat/completions'

describe('several requests on one connection', () => {
  it('are answered in their order, streams and whole replies alike', async () => {
    const { gateway } = await rig()
    const { socket, got } = open(gateway.url)
    socket.write(
      httpRequest(chat, chatBody('up/5x20', true)) +
        httpRequest(chat, chatBody('up/m')) +
        'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n' +
        httpRequest('/v1/messages', '{') +
        httpRequest(chat, chatBody('up/2x5', true)),
    )
    await until(() => got.text.split('data: [DONE]').length === 3)
    const heads = [...got.text.matchAll(/HTTP\/1\.1 (\d+) /g)].map((match) => match[1])
    expect(heads).toEqual(['200', '200', '200', '400', '200'])
    const at = (what: string) => got.text.indexOf(what)
    const order = [at('word4'), at('[DONE]'), at('"hello"'), at('"live":true'), at('too early')]
    expect(order.every((place) => place > 0)).toBe(true)
    expect([...order].sort((a, b) => a - b)).toEqual(order)
    await until(() => gateway.waybill.inFlight() === 0)
  })

  it('are all cancelled when the client leaves', async () => {
    const { gateway, upstream } = await rig()
    const { socket, got } = open(gateway.url)
    for (let i = 0; i < 3; i++) socket.write(httpRequest(chat, chatBody('up/600x50', true)))
    await until(() => got.text.includes('word1') && upstream.streaming() === 3)
    socket.destroy()
    await until(() => gateway.waybill.inFlight() === 0 && upstream.streaming() === 0)
    const records = await gateway.records()
    expect(records.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })
})

describe('what is no HTTP', () => {
  it('never ends up in the middle of an answer', async () => {
    const { gateway } = await rig()
    const { socket, got } = open(gateway.url)
    socket.write(httpRequest(chat, chatBody('up/600x50', true)))
    await until(() => got.text.includes('word1'))
    socket.write('this is no request\r\n\r\n')
    await until(() => got.closed)
    expect(got.text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(got.text).not.toContain('not a valid')
    await until(() => gateway.waybill.inFlight() === 0)
  })
})

describe('a body that is too large', () => {
  it.each([1, 3, 20])('of %i MB is answered so that its sender can read it', async (megabytes) => {
    const { gateway } = await rig(', bodyLimit: 512kb')
    const body = JSON.stringify({
      model: 'up/m',
      messages: [],
      pad: 'x'.repeat(megabytes * 2 ** 20),
    })
    for (let i = 0; i < 5; i++) {
      const reply = await fetch(`${gateway.url}${chat}`, { method: 'POST', body })
      expect(reply.status).toBe(413)
      expect(await reply.json()).toMatchObject({ error: { code: 'request_too_large' } })
    }
  })

  it('is answered as soon as it is announced, and the connection ends', async () => {
    const { gateway } = await rig(', bodyLimit: 512kb')
    const { socket, got } = open(gateway.url)
    socket.write(
      `POST ${chat} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n{"model":`,
    )
    await until(() => got.text.includes('request_too_large'))
    expect(got.text.toLowerCase()).toContain('connection: close')
    await until(() => got.closed)
  })
})

describe('the shape of errors', () => {
  it.each([
    ['POST', '/v1/nothing', 404, 'openai'],
    ['POST', '/v1/messages/nothing', 404, 'anthropic'],
    ['POST', '/v1/responses/nothing', 404, 'openai'],
    ['POST', '/v1beta/nothing', 404, 'gemini'],
    ['GET', '/v1/messages', 405, 'anthropic'],
    ['GET', '/v1beta/models/m:generateContent', 405, 'gemini'],
    ['GET', '/v1/models/m:generateContent', 405, 'gemini'],
    ['GET', '/v1/models/ft:m:org::1', 404, 'openai'],
    ['DELETE', '/v1/models/m', 405, 'openai'],
    ['PUT', '/metrics', 405, 'openai'],
  ])('%s %s: %i as %s', async (method, path, status, dialect) => {
    const { gateway } = await rig()
    const reply = await fetch(`${gateway.url}${path}`, { method })
    expect(reply.status).toBe(status)
    expect(reply.headers.get('x-waybill-id')).toMatch(/^wb_/)
    if (status === 405) expect(reply.headers.get('allow')).toMatch(/^(POST|GET, HEAD)$/)
    const shapes: Record<string, object> = {
      openai: { error: { type: expect.any(String), code: expect.any(String) } },
      anthropic: { type: 'error', error: { type: expect.any(String) } },
      gemini: { error: { status: expect.any(String) } },
    }
    expect(await reply.json()).toMatchObject(shapes[dialect] ?? {})
  })
})

describe('draining', () => {
  it('may be asked for twice, and ends for both', async () => {
    const { gateway } = await rig()
    const stream = await streamChat(gateway.url, 'up/10x20')
    const ended: number[] = []
    const first = gateway.waybill.stop().then(() => ended.push(1))
    const second = gateway.waybill.stop().then(() => ended.push(2))
    expect(await stream.whole()).toContain('[DONE]')
    await Promise.all([first, second])
    expect(ended.sort()).toEqual([1, 2])
  })

  it('waits for the reply, not for the connection it came on', async () => {
    const { gateway } = await rig()
    expect((await askChat(gateway.url, 'up/m')).status).toBe(200)
    const { socket, got } = open(gateway.url)
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await until(() => got.text.includes('"live":true'))
    const started = performance.now()
    await gateway.waybill.stop()
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('/health', () => {
  it('counts what is being answered beside it', async () => {
    const { gateway } = await rig()
    const stream = await streamChat(gateway.url, 'up/100x20')
    const reply = await fetch(`${gateway.url}/health`)
    expect(await reply.json()).toMatchObject({ status: 'ok', draining: false, inFlight: 1 })
    await stream.whole()
  })
})
