import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ClientRequest } from '../../../src/http/client-request.ts'
import { until } from '../../support/gateway.ts'

/** Answers each request with its body, but those to /stream as any other server would. */
async function echo() {
  const seen: string[] = []
  const server = createServer({ IncomingMessage: ClientRequest }, (request, response) => {
    const pieces: Uint8Array[] = []
    const answer = (to: ServerResponse) => to.end(`<${Buffer.concat(pieces).toString()}>`)
    if (request.url === '/stream') {
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => answer(response))
      return
    }
    request.pourInto({
      take: (piece) => void pieces.push(piece),
      end() {
        seen.push('end')
        answer(response)
      },
      cutOff: () => void seen.push('cut off'),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  const got = { text: '' }
  socket.on('data', (bytes) => {
    got.text += bytes.toString()
  })
  onTestFinished(() => void socket.destroy())
  return { seen, socket, got, bodies: () => got.text.match(/<[^>]*>/g) ?? [], server }
}

const post = (body: string, path = '/', headers = '') =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`

describe('a body that is poured', () => {
  it('arrives whole, however it was cut, and the next ones on its connection too', async () => {
    const { seen, socket, bodies } = await echo()
    const whole =
      post('first') +
      post('') +
      'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n' +
      '3\r\nchu\r\n4\r\nnked\r\n0\r\nx-trailer: t\r\n\r\n' +
      post('as a stream', '/stream') +
      post('last')
    for (let at = 0; at < whole.length; at += 7) {
      socket.write(whole.slice(at, at + 7))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => bodies().length === 5)
    expect(bodies()).toEqual(['<first>', '<>', '<chunked>', '<as a stream>', '<last>'])
    expect(seen).toEqual(['end', 'end', 'end', 'end'])
  })

  it('arrives also when all requests come at once', async () => {
    const { socket, bodies } = await echo()
    const texts = Array.from({ length: 20 }, (_, i) => `body ${i}`)
    socket.write(texts.map((text, i) => post(text, i % 3 === 0 ? '/stream' : '/')).join(''))
    await until(() => bodies().length === 20)
    expect(bodies()).toEqual(texts.map((text) => `<${text}>`))
  })

  it('that a client asks leave to send arrives', async () => {
    const { socket, got, bodies } = await echo()
    socket.write('POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n')
    await until(() => got.text.includes('100 Continue'))
    socket.write('ok')
    await until(() => bodies().length === 1)
    expect(bodies()).toEqual(['<ok>'])
  })

  it('is answered to a client that has closed its sending side', async () => {
    const { socket, bodies, server } = await echo()
    Reflect.set(server, 'httpAllowHalfOpen', true)
    socket.end(post('bye'))
    await until(() => bodies().length === 1)
    expect(bodies()).toEqual(['<bye>'])
  })

  it('is cut off, once, when the client leaves', async () => {
    const { seen, socket } = await echo()
    socket.write(post('half').slice(0, -2))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await until(() => seen.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen).toEqual(['cut off'])
  })

  it('is not cut off when the client leaves after it', async () => {
    const { seen, socket, bodies } = await echo()
    socket.write(post('whole'))
    await until(() => bodies().length === 1)
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(seen).toEqual(['end'])
  })
})
