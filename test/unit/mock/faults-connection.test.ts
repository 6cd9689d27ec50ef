import { connect } from 'node:net'
import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import {
  chat,
  deltas,
  type Patience,
  postText,
  type RawReply,
  rawRequest,
  readChunked,
  untilEnd,
} from './raw-client.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

const path = '/v1/chat/completions'
const send = (behaviour: string, more: Record<string, unknown> = {}, patience?: Patience) =>
  rawRequest(mock.port, postText(path, chat(behaviour, more)), patience)
/** In bytes: a cut may have parted a character. */
const bodyLength = ({ bytes }: RawReply) => bytes.length - (bytes.indexOf('\r\n\r\n') + 4)
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

describe('no answer at all', () => {
  it('rst resets and fin closes before any byte', async () => {
    expect(await send('fault=rst', {}, untilEnd)).toMatchObject({ end: 'rst', text: '' })
    expect(await send('fault=fin', {}, untilEnd)).toMatchObject({ end: 'fin', text: '' })
  })

  it('rst waits for the time to first token', async () => {
    expect(await send('fault=rst;ttft=500', {}, { quietMs: 40 })).toMatchObject({
      end: 'open',
      text: '',
    })
  })

  it('silent reads and says nothing, silent-body sends the head alone', async () => {
    expect(await send('fault=silent')).toMatchObject({ end: 'open', text: '' })
    const reply = await send('fault=silent-body', { stream: true })
    expect(reply.end).toBe('open')
    expect(reply.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s)
  })

  it('no-read leaves everything in the socket', async () => {
    const deaf = await startMock({ behaviour: 'fault=no-read' })
    const socket = connect(deaf.port, '127.0.0.1')
    const block = Buffer.alloc(1024 * 1024)
    let taken = 0
    const fill = () => {
      while (socket.write(block, () => void taken++));
    }
    socket
      .on('drain', fill)
      .on('connect', fill)
      .on('error', () => {})
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(taken).toBeLessThan(32)
    expect(deaf.log.requests()).toHaveLength(0)
    socket.destroy()
    await deaf.close()
  })

  it('no-read by header stops reading after the head', async () => {
    const head = `POST ${path} HTTP/1.1\r\nx-mock: fault=no-read\r\ncontent-length: 9\r\n\r\n{"a":"b"}`
    expect(await rawRequest(mock.port, head, { quietMs: 50 })).toMatchObject({
      end: 'open',
      text: '',
    })
  })
})

describe('whole replies cut short', () => {
  it.each(['cut-fin', 'cut-length'])('%s announces all and sends a part', async (fault) => {
    const reply = await send(`fault=${fault}@30`, {}, untilEnd)
    const announced = Number(/content-length: (\d+)/.exec(reply.text)?.[1])
    expect(reply.end).toBe('fin')
    expect(bodyLength(reply)).toBe(Math.floor(announced / 2))
  })

  it('cut-rst resets, cut-chunk leaves out the last chunk, cut-clean ends well', async () => {
    expect((await send('fault=cut-rst@30', {}, untilEnd)).end).toBe('rst')
    const chunked = await send('fault=cut-chunk@30', {}, untilEnd)
    expect(chunked.end).toBe('fin')
    expect(readChunked(chunked.bytes).complete).toBe(false)
    const clean = await send('fault=cut-clean@30')
    expect(clean.end).toBe('open')
    expect(Number(/content-length: (\d+)/.exec(clean.text)?.[1])).toBe(bodyLength(clean))
  })
})

describe('bodies that are no reply', () => {
  it('come under status 200', async () => {
    const error = await send('fault=ok-error;error=overloaded')
    expect(error.text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(bodyOf(error.text)).toContain('"code":"overloaded"')
    expect(bodyOf((await send('fault=ok-html', { stream: true })).text)).toContain('<h1>Sign in')
    expect((await send('fault=ok-empty')).text).toMatch(/content-length: 0\r\n\r\n$/)
    const typed = await send('fault=wrong-type', { stream: true })
    expect(typed.text).toContain('content-type: text/html\r\n')
    expect(typed.text).toContain('[DONE]')
  })
})

describe('encodings nobody asked for', () => {
  it('gzip and br hold the reply, nested holds it twice', async () => {
    const plain = bodyOf((await send('')).text)
    const coded = async (fault: string) => readChunked((await send(`fault=${fault}`)).bytes).body
    expect(gunzipSync(await coded('gzip')).toString()).toBe(plain)
    expect(gunzipSync(gunzipSync(await coded('nested'))).toString()).toBe(plain)
    expect(brotliDecompressSync(await coded('br')).toString()).toBe(plain)
    expect((await send('fault=nested')).text).toContain('content-encoding: gzip, gzip\r\n')
  })

  it('gzip lets the events of a stream out one by one', async () => {
    const whole = await send('fault=gzip;tokens=20', { stream: true })
    expect(deltas(gunzipSync(readChunked(whole.bytes).body).toString())).toHaveLength(23)
    // The third word is an hour away: what came before it must not wait in the encoder.
    const begun = await send('fault=gzip;ttft=1;tps=0.0003;tokens=20', { stream: true })
    expect(begun.end).toBe('open')
    const finishFlush = constants.Z_SYNC_FLUSH
    const text = gunzipSync(readChunked(begun.bytes).body, { finishFlush }).toString()
    expect(text.endsWith('\n\n')).toBe(true)
    expect(text).toContain('"content":"This')
    expect(text).not.toContain('[DONE]')
  })

  it('bombs are small on the wire and large behind it', async () => {
    const gzip = readChunked((await send('fault=bomb@8')).bytes).body
    expect(gzip.length).toBeLessThan(16 * 1024)
    expect(gunzipSync(gzip).length).toBe(8 * 1024 * 1024 + '{"padding":""}'.length)
    const brotli = readChunked((await send('fault=bomb-br@8')).bytes).body
    expect(brotli.length).toBeLessThan(1024)
    expect(brotliDecompressSync(brotli).length).toBeGreaterThan(8 * 1024 * 1024)
  })
})

describe('heads that are wrong', () => {
  it('1xx floods, and the answer follows', async () => {
    const { text } = await send('fault=1xx@50')
    expect(text.split('HTTP/1.1 103 Early Hints')).toHaveLength(51)
    expect(text).toContain('HTTP/1.1 200 OK')
  })

  it('headers are huge, many, repeated, contradictory or broken', async () => {
    expect((await send('fault=big-header@8')).text).toContain(`x-mock-big: ${'b'.repeat(8192)}\r`)
    expect((await send('fault=many-headers@300')).text).toContain('x-mock-299: 299\r\n')
    expect((await send('fault=dup-headers')).text.split('content-type:')).toHaveLength(3)
    const lengths = [...(await send('fault=dup-length')).text.matchAll(/content-length: (\d+)/g)]
    expect(new Set(lengths.map(([, length]) => length)).size).toBe(2)
    expect((await send('fault=lf-header')).text).toContain('x-mock-lf: one\nx-mock-smuggled')
  })

  it('http10 ends the body with the connection', async () => {
    const reply = await send('fault=http10', { stream: true }, untilEnd)
    expect(reply.text).toMatch(/^HTTP\/1\.0 200 OK/)
    expect(reply.end).toBe('fin')
    expect(reply.text).not.toContain('chunked')
    expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('header=name:value adds or replaces a header', async () => {
    const { text } = await send('header=x-ratelimit-remaining-requests:0;header=x-more:1')
    expect(text.split('x-ratelimit-remaining-requests:')).toHaveLength(2)
    expect(text).toContain('x-ratelimit-remaining-requests: 0\r\n')
    expect(text).toContain('x-more: 1\r\n')
  })
})

describe('sizes without end', () => {
  it('long-event is one event of many MiB, and still JSON', async () => {
    const { bytes } = await send('fault=long-event@4', { stream: true })
    const [first] = readChunked(bytes).body.toString().split('\n\n')
    expect(first?.length).toBeGreaterThan(4 * 1024 * 1024)
    expect(Object.keys(JSON.parse(first?.slice(6) ?? '')).slice(0, 2)).toEqual(['padding', 'id'])
  })

  it('endless whole bodies wait for the client to read', async () => {
    const slow = connect(mock.port, '127.0.0.1')
    slow.pause()
    slow.write(postText(path, chat('fault=endless')))
    const before = process.memoryUsage().rss
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
    slow.destroy()
  })
})

describe('kept-alive connections', () => {
  it('carry one request after another, in whatever pieces they come', async () => {
    const one = postText(path, chat('tokens=1'))
    const { text } = await rawRequest(mock.port, one + one + one)
    expect(text.split('HTTP/1.1 200 OK')).toHaveLength(4)
  })

  it('are closed when the client or the fault says so', async () => {
    const wish = postText(path, chat(''), { connection: 'close' })
    expect((await rawRequest(mock.port, wish, untilEnd)).end).toBe('fin')
    expect((await send('fault=close', {}, untilEnd)).end).toBe('fin')
    expect((await send('close-idle=5', {}, untilEnd)).end).toBe('fin')
    expect((await send('close-idle=5000')).end).toBe('open')
  })

  it('take chunked bodies and answer Expect', async () => {
    const body = JSON.stringify(chat('tokens=1'))
    const chunks = [body.slice(0, 9), body.slice(9)]
      .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join('')
    const head = `POST ${path} HTTP/1.1\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n`
    const { text } = await rawRequest(mock.port, `${head}${chunks}0\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
  })
})
