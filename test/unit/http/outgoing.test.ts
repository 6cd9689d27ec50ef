import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Outgoing } from '../../../src/gateway/exchange.ts'
import { outgoingOf } from '../../../src/http/outgoing.ts'
import { until } from '../../support/gateway.ts'

interface Answering {
  readonly path: string
  readonly outgoing: Outgoing
  readonly response: ServerResponse
  closed: number
  gone: number
  drained: number
}

/** A server that leaves answering to the test. */
async function server(): Promise<{ port: number; answering: Answering[] }> {
  const answering: Answering[] = []
  const http = createServer({ highWaterMark: 16 * 1024, noDelay: true }, (message, response) => {
    const one = { closed: 0, gone: 0, drained: 0 }
    const outgoing = outgoingOf(response, () => {
      all.closed++
    })
    const all: Answering = { ...one, path: message.url ?? '', outgoing, response }
    outgoing.onGone(() => all.gone++)
    outgoing.onDrain(() => all.drained++)
    message.resume()
    answering.push(all)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const address = http.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, answering }
}

class Client {
  received = ''
  ended = false
  readonly socket: Socket
  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' })
    this.socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1')
    })
    this.socket.on('end', () => {
      this.ended = true
    })
    this.socket.on('error', () => {})
    onTestFinished(() => void this.socket.destroy())
  }
  ask(path = '/', version = '1.1', headers = ''): void {
    this.socket.write(
      `POST ${path} HTTP/${version}\r\nhost: a\r\ncontent-length: 0\r\n${headers}\r\n`,
    )
  }
  body(): string {
    return this.received.slice(this.received.indexOf('\r\n\r\n') + 4)
  }
}

/** A fresh list each time: whoever sends a head may add to it. */
const plain = (...more: string[]) => ['content-type', 'text/plain', ...more]

async function asked(version?: string, headers?: string) {
  const { port, answering } = await server()
  const client = new Client(port)
  client.ask('/', version, headers)
  await until(() => answering.length === 1)
  const [one] = answering
  if (one === undefined) throw new Error('nothing was asked')
  return { client, one, answering }
}

describe('a stream', () => {
  it('is framed in chunks, to the byte', async () => {
    const { client, one } = await asked()
    one.outgoing.head(200, plain())
    await until(() => client.received.endsWith('\r\n\r\n'))
    one.outgoing.write(Buffer.from('data: ü\n\n'))
    one.outgoing.write(Buffer.alloc(300, 'x'))
    one.outgoing.end(Buffer.from('bye'))
    await until(() => client.received.endsWith('0\r\n\r\n'))
    expect(client.body()).toBe(
      `a\r\ndata: \u00c3\u00bc\n\n\r\n12c\r\n${'x'.repeat(300)}\r\n3\r\nbye\r\n0\r\n\r\n`,
    )
    const head = client.received.slice(0, client.received.indexOf('\r\n\r\n')).toLowerCase()
    expect(head.match(/transfer-encoding: chunked/g)).toHaveLength(1)
    expect(head).not.toContain('content-length')
    expect(client.ended).toBe(false)
  })

  it.each([1, 255, 16_384, 16_385, 70_000])('keeps every byte of pieces of %i', async (size) => {
    const { client, one } = await asked()
    const piece = Uint8Array.from({ length: size }, (_, at) => (at * 7) % 256)
    one.outgoing.head(200, plain())
    one.outgoing.write(piece)
    one.outgoing.write(piece)
    one.outgoing.end()
    await until(() => client.received.endsWith('\r\n0\r\n\r\n'))
    const chunk = `${size.toString(16)}\r\n${Buffer.from(piece).toString('latin1')}\r\n`
    expect(client.body()).toBe(`${chunk}${chunk}0\r\n\r\n`)
  })

  it('of nothing is an end', async () => {
    const { client, one } = await asked()
    one.outgoing.head(200, plain())
    one.outgoing.end()
    await until(() => client.received.endsWith('\r\n\r\n0\r\n\r\n'))
    expect(one.gone).toBe(0)
    await until(() => one.closed === 1)
  })

  it('that is broken off has no end, so that nobody takes it for whole', async () => {
    const { client, one } = await asked()
    one.outgoing.head(200, plain())
    one.outgoing.write(Buffer.from('half'))
    await until(() => client.received.endsWith('half\r\n'))
    one.outgoing.destroy()
    await until(() => client.socket.closed)
    expect(client.received).not.toContain('0\r\n\r\n')
    await until(() => one.closed === 1)
  })

  it('tells a client apart that leaves from one that has got everything', async () => {
    const { client, one } = await asked()
    one.outgoing.head(200, plain())
    one.outgoing.write(Buffer.from('half'))
    client.socket.destroy()
    await until(() => one.gone === 1)
    expect(one.closed).toBe(1)
    one.outgoing.write(Buffer.from('more'))
    one.outgoing.end(Buffer.from('and more'))
    await sleep(20)
    expect([one.gone, one.closed]).toEqual([1, 1])
  })
})

describe('a reply with a length', () => {
  it('has no chunks, and keeps the connection', async () => {
    const { client, one, answering } = await asked()
    one.outgoing.head(200, plain('content-length', '5'))
    one.outgoing.end(Buffer.from('hello'))
    await until(() => client.received.endsWith('hello'))
    expect(client.body()).toBe('hello')
    expect(client.received.toLowerCase()).not.toContain('chunked')
    client.ask('/second')
    await until(() => answering.length === 2)
    expect(answering[1]?.path).toBe('/second')
  })
})

describe('a client of HTTP/1.0', () => {
  it.each(['', 'connection: keep-alive\r\n'])(
    'gets a stream without chunks, that ends with the connection (%j)',
    async (headers) => {
      const { client, one } = await asked('1.0', headers)
      one.outgoing.head(200, plain())
      one.outgoing.write(Buffer.from('one '))
      one.outgoing.write(Buffer.from('two'))
      one.outgoing.end()
      await until(() => client.ended)
      expect(client.body()).toBe('one two')
      expect(client.received.toLowerCase()).not.toContain('transfer-encoding')
    },
  )
})

describe('requests on one connection', () => {
  it('are answered in their order, whichever is ready first', async () => {
    const { port, answering } = await server()
    const client = new Client(port)
    client.ask('/1')
    client.ask('/2')
    client.ask('/3')
    await until(() => answering.length === 3)
    const [first, second, third] = answering
    third?.outgoing.head(200, plain('content-length', '5'))
    third?.outgoing.end(Buffer.from('three'))
    second?.outgoing.head(200, plain())
    second?.outgoing.write(Buffer.from('two'))
    first?.outgoing.head(200, plain())
    first?.outgoing.write(Buffer.from('one'))
    await until(() => client.received.includes('one'))
    expect(client.received).not.toContain('two')
    second?.outgoing.write(Buffer.from('two again'))
    first?.outgoing.end(Buffer.from('one again'))
    await until(() => client.received.includes('two again'))
    second?.outgoing.write(Buffer.from('direct'))
    second?.outgoing.end()
    await until(() => client.received.endsWith('three'))
    const bodies = client.received.split(/HTTP\/1\.1 200 OK\r\n.*?\r\n\r\n/s).slice(1)
    expect(bodies).toEqual([
      '3\r\none\r\n9\r\none again\r\n0\r\n\r\n',
      '3\r\ntwo\r\n9\r\ntwo again\r\n6\r\ndirect\r\n0\r\n\r\n',
      'three',
    ])
    expect(answering.map(({ gone }) => gone)).toEqual([0, 0, 0])
    await until(() => answering.every(({ closed }) => closed === 1))
  })

  it('are all over when the client leaves, also those whose turn had not come', async () => {
    const { port, answering } = await server()
    const client = new Client(port)
    for (const path of ['/1', '/2', '/3']) client.ask(path)
    await until(() => answering.length === 3)
    answering[0]?.outgoing.head(200, plain())
    answering[0]?.outgoing.write(Buffer.from('one'))
    answering[1]?.outgoing.head(200, plain())
    answering[1]?.outgoing.write(Buffer.from('two'))
    await until(() => client.received.includes('one'))
    client.socket.destroy()
    await until(() => answering.every(({ closed }) => closed === 1))
    expect(answering.map(({ gone }) => gone)).toEqual([1, 1, 1])
  })
})

describe('a client that reads slowly', () => {
  const forms: [string, string | undefined, string[]][] = [
    ['a stream', '1.1', plain()],
    ['a stream of HTTP/1.0', '1.0', plain()],
    ['a reply with a length', '1.1', plain('content-length', String(64 * 1024 * 1024))],
  ]

  it.each(forms)(
    'is told of, and when it has caught up, once: %s',
    async (_what, version, head) => {
      const { client, one } = await asked(version)
      client.socket.pause()
      const warnings: string[] = []
      const onWarning = (warning: Error) => warnings.push(warning.name)
      process.on('warning', onWarning)
      onTestFinished(() => void process.off('warning', onWarning))
      one.outgoing.head(200, head)
      const piece = Buffer.alloc(256 * 1024, 'x')
      for (let i = 0; i < 64; i++) one.outgoing.write(piece)
      expect(one.outgoing.write(piece)).toBe(false)
      await sleep(20)
      expect(one.drained).toBe(0)
      client.socket.resume()
      await until(() => one.drained > 0)
      await sleep(30)
      expect(one.drained).toBe(1)
      expect(warnings).toEqual([])
    },
  )
})
