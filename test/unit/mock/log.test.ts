import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EndedEntry } from '../../../src/mock/net/log.ts'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import { chat, postText, rawRequest } from './raw-client.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())
beforeEach(() => mock.log.clear())

const path = '/v1/chat/completions'

async function ended(): Promise<EndedEntry> {
  const entry = await mock.log.waitFor(({ kind }) => kind === 'ended')
  if (entry.kind !== 'ended') throw new Error('the log gave another entry')
  return entry
}

describe('the log', () => {
  it('tells what happened in order', async () => {
    const reply = await rawRequest(mock.port, postText(path, chat('ttft=30')))
    await mock.log.waitFor(({ kind }) => kind === 'closed')
    const { entries } = mock.log
    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'request', 'ended', 'closed'])
    expect(entries.map(({ atMs }) => atMs)).toEqual(
      entries.map(({ atMs }) => atMs).sort((a, b) => a - b),
    )
    expect(mock.log.requests()[0]).toMatchObject({
      method: 'POST',
      path,
      model: 'mock-small',
      body: chat('ttft=30'),
      bodyBytes: Buffer.byteLength(JSON.stringify(chat('ttft=30'))),
      troubled: false,
    })
    const end = await ended()
    expect(end).toMatchObject({ how: 'finished', status: 200, bytesWritten: reply.bytes.length })
    expect(end.afterMs).toBeGreaterThanOrEqual(29)
  })

  it('masks credentials so that equal ones look equal', async () => {
    const send = async (key: string) => {
      const headers = { authorization: `Bearer ${key}`, 'x-api-key': key, 'x-plain': 'shown' }
      await rawRequest(mock.port, postText(`${path}?a=1&key=${key}`, chat(''), headers))
    }
    for (const key of ['secret-1', 'secret-1', 'secret-2']) await send(key)
    expect(JSON.stringify(mock.log.entries)).not.toContain('secret')
    const seen = mock.log.requests().map(({ headers }) => headers['authorization'])
    expect(seen[0]).toBe(seen[1])
    expect(seen[0]).not.toBe(seen[2])
    expect(mock.log.requests()[0]?.headers['x-plain']).toBe('shown')
    expect(mock.log.requests()[0]?.path).toMatch(/\?a=1&key=\[masked/)
  })

  it.each([
    ['fault=rst', 'cut', null],
    ['fault=fin', 'cut', null],
    ['fault=cut-fin@3', 'cut', 200],
    ['status=503', 'finished', 503],
  ])('says how %s ended: %s', async (behaviour, how, status) => {
    await rawRequest(mock.port, postText(path, chat(behaviour, { stream: true })))
    expect(await ended()).toMatchObject({ how, status })
    expect(mock.log.requests()[0]?.troubled).toBe(true)
  })

  it.each([
    ['fault=silent', null],
    ['fault=stall@3', 200],
    ['ttft=60000', null],
    ['tps=1;ttft=1', 200],
  ])('notices at once that the client left during %s', async (behaviour, status) => {
    await rawRequest(mock.port, postText(path, chat(behaviour, { stream: true })), {
      quietMs: 60,
    })
    const end = await ended()
    expect(end).toMatchObject({ how: 'client-closed', status })
    expect(end.afterMs).toBeLessThan(20_000)
  })

  it('notices a reset of the client, too', async () => {
    const socket = connect(mock.port, '127.0.0.1')
    socket.write(postText(path, chat('ttft=60000')))
    await mock.log.waitFor(({ kind }) => kind === 'request')
    socket.resetAndDestroy()
    expect(await ended()).toMatchObject({ how: 'client-closed' })
  })

  it('is there over HTTP, and does not log that', async () => {
    await rawRequest(mock.port, postText(path, chat('')))
    const read = async () => JSON.parse(await (await fetch(`${mock.url}/__log`)).text())
    const kinds = (await read()).map(({ kind }: { kind: string }) => kind)
    expect(kinds).toContain('request')
    expect(kinds.filter((kind: string) => kind === 'request')).toHaveLength(1)
    await fetch(`${mock.url}/__log`, { method: 'DELETE' })
    expect(mock.log.requests()).toHaveLength(0)
    expect(await (await fetch(`${mock.url}/__health`)).json()).toEqual({ ok: true })
  })

  it('keeps the latest entries only', async () => {
    const brief = await startMock({ logLimit: 6 })
    for (let count = 0; count < 9; count++) {
      await rawRequest(brief.port, postText(path, chat('')))
    }
    expect(brief.log.entries.length).toBeLessThanOrEqual(12)
    expect(brief.log.requests().at(-1)?.request).toBe(9)
    await brief.close()
  })

  it('waits in vain no longer than told', async () => {
    await expect(mock.log.waitFor(() => false, 10)).rejects.toThrow('within 10 ms')
  })
})

describe('a socket that was accepted elsewhere', () => {
  it('is served like any other', async () => {
    const server = createServer((socket) => mock.accept(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { text } = await rawRequest(port, postText(path, chat('')))
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(mock.log.requests()).toHaveLength(1)
    server.close()
  })
})

describe('closing the mock', () => {
  it('ends what is running and says so', async () => {
    const own = await startMock()
    const reply = rawRequest(own.port, postText(path, chat('ttft=60000')))
    await own.log.waitFor(({ kind }) => kind === 'request')
    await own.close()
    expect((await reply).end).not.toBe('open')
    expect(own.log.ended()).toMatchObject([{ how: 'mock-closed' }])
  })
})
