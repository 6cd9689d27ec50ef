import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import {
  chat,
  deltas,
  type Patience,
  postText,
  rawRequest,
  readChunked,
  untilEnd,
} from './raw-client.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

const stream = { stream: true, stream_options: { include_usage: true } }

/** The stream of a model with this behaviour, as bytes on a socket. */
async function streamed(behaviour: string, patience?: Patience) {
  const reply = await rawRequest(
    mock.port,
    postText('/v1/chat/completions', chat(behaviour, stream)),
    patience,
  )
  const { body, complete } = readChunked(reply.bytes)
  const sse = body.toString('utf8')
  return { ...reply, body, sse, complete, events: deltas(sse) }
}

async function healthy() {
  return (await streamed('')).events
}

/** The role and the first `count` tokens, as they come when nothing is wrong. */
const first = async (count: number) => (await healthy()).slice(0, count + 1)

describe('cuts at token k', () => {
  it('cut-fin closes in the middle of the next event', async () => {
    const reply = await streamed('fault=cut-fin@5', untilEnd)
    expect(reply.end).toBe('fin')
    expect(reply.complete).toBe(false)
    expect(reply.events.slice(0, 6)).toEqual(await first(5))
    expect(reply.events).toHaveLength(7)
    expect(reply.sse.endsWith('\n\n')).toBe(false)
  })

  it('cut-rst resets after whole events', async () => {
    const reply = await streamed('fault=cut-rst@5', untilEnd)
    expect(reply.end).toBe('rst')
    expect(reply.events).toEqual(await first(5))
  })

  it('cut-chunk closes without the last chunk', async () => {
    const reply = await streamed('fault=cut-chunk@5', untilEnd)
    expect(reply).toMatchObject({ end: 'fin', complete: false })
    expect(reply.events).toEqual(await first(5))
  })

  it('cut-clean looks like an end to HTTP only', async () => {
    const reply = await streamed('fault=cut-clean@5')
    expect(reply).toMatchObject({ end: 'open', complete: true })
    expect(reply.events).toEqual(await first(5))
  })

  it('cut-length announces more than comes', async () => {
    const reply = await streamed('fault=cut-length@5', untilEnd)
    expect(reply.end).toBe('fin')
    expect(reply.text).toContain('content-length: 10000000\r\n')
    expect(deltas(reply.text.slice(reply.text.indexOf('data:')))).toEqual(await first(5))
  })

  it('stall falls silent and stays', async () => {
    const reply = await streamed('fault=stall@5')
    expect(reply).toMatchObject({ end: 'open', complete: false })
    expect(reply.events).toEqual(await first(5))
  })
})

describe('events that are wrong', () => {
  it('no-done leaves out [DONE], no-finish the finish and usage too', async () => {
    const whole = await healthy()
    expect(whole.at(-1)).toBe('[DONE]')
    expect((await streamed('fault=no-done')).events).toEqual(whole.slice(0, -1))
    expect((await streamed('fault=no-finish')).events).toEqual(whole.slice(0, -3))
  })

  it('after-done goes on after [DONE]', async () => {
    const { events } = await streamed('fault=after-done')
    expect(events.at(-2)).toBe('[DONE]')
    expect(events.at(-1)).toMatch(/60·/)
  })

  it('two-finish sends the finish twice', async () => {
    const { sse } = await streamed('fault=two-finish')
    expect(sse.split('"finish_reason":"stop"')).toHaveLength(3)
  })

  it('bad-json breaks exactly one event', async () => {
    const { sse } = await streamed('fault=bad-json@3')
    const broken = sse
      .split('\n\n')
      .filter((block) => block.startsWith('data: {'))
      .map((block, index) => (isJson(block.slice(6)) ? -1 : index))
      .filter((index) => index >= 0)
    expect(broken).toEqual([4])
  })

  it('nul and bad-utf8 put their bytes into the text of an event', async () => {
    const nul = await streamed('fault=nul@3')
    expect(nul.body.indexOf(0)).toBe(nul.body.indexOf('"content":"\0') + '"content":"'.length)
    const garbled = await streamed('fault=bad-utf8@3')
    expect(garbled.body.includes(Buffer.from([0xc3, 0x28, 0xff]))).toBe(true)
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(garbled.body)).toThrow()
  })

  it('error-event comes in place of token k+1, or first of all, and nothing follows', async () => {
    const later = await streamed('fault=error-event@3')
    expect(later.events.slice(0, 4)).toEqual(await first(3))
    expect(later.events).toHaveLength(5)
    expect(later.events[4]).toContain('"type":"server_error"')
    expect(later.complete).toBe(true)
    const { events } = await streamed('fault=error-event@0;error=rate-limit')
    expect(events).toHaveLength(1)
    expect(events[0]).toContain('rate_limit_exceeded')
  })

  it('comments come between events and change none', async () => {
    const { sse, events } = await streamed('fault=comments')
    expect(sse).toMatch(/^: mock is still here\n\n/)
    expect(events).toEqual(await healthy())
  })

  it('crlf ends every line so', async () => {
    const { sse, events } = await streamed('fault=crlf')
    expect(sse.replaceAll('\r\n', '')).not.toContain('\n')
    expect(events).toEqual(await healthy())
  })

  it('usage is wrong in the way asked for', async () => {
    const usage = async (fault: string) => (await streamed(`usage=${fault}`)).events.at(-2)
    expect(await usage('missing')).not.toContain('usage')
    expect(await usage('null')).toContain('"usage":null')
    expect(await usage('negative')).toContain('"completion_tokens":-1')
    expect(await usage('huge')).toContain('"prompt_tokens":1000000000000000000')
    expect(await usage('string')).toContain('"total_tokens":"many"')
    expect(await usage('zero')).toContain('"cached_tokens":0')
  })

  it('tools-shuffled interleaves the calls, the last one first', async () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: schema } }]
    const request = { ...chat('tools=2;fault=tools-shuffled', stream), tools }
    const reply = await rawRequest(mock.port, postText('/v1/chat/completions', request))
    const indexes = [...reply.text.matchAll(/"tool_calls":\[\{"index":(\d)/g)].map(([, at]) => at)
    expect(indexes.slice(0, 4)).toEqual(['1', '0', '1', '0'])
    expect(indexes).toHaveLength(2 + 2 * Math.ceil('{"city":"simulated"}'.length / 4))
  })

  it('endless goes on until the client leaves', async () => {
    const body = JSON.stringify(chat('fault=endless;tps=5000', stream))
    const leaving = new AbortController()
    mock.log.clear()
    const url = `${mock.url}/v1/chat/completions`
    const reply = await fetch(url, { method: 'POST', body, signal: leaving.signal })
    let text = ''
    for await (const piece of reply.body ?? []) {
      text += Buffer.from(piece).toString('utf8')
      if (text.length > 100_000) break
    }
    expect(deltas(text).length).toBeGreaterThan(300)
    expect(text).not.toContain('"finish_reason":"stop"')
    leaving.abort()
    const ended = await mock.log.waitFor(({ kind }) => kind === 'ended')
    expect(ended).toMatchObject({ how: 'client-closed', status: 200 })
  })
})

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('how bytes are written', () => {
  it('one-byte writes every byte alone, and the text arrives the same', async () => {
    const reply = await streamed('fault=one-byte;tokens=20')
    const plain = await streamed('tokens=20')
    expect(reply.sse).toBe(plain.sse)
    expect(readSizes(reply.bytes).every((size) => size === 1)).toBe(true)
  })

  it('split writes slices of seeded lengths, the same again', async () => {
    const [one, two] = [await streamed('fault=split'), await streamed('')]
    expect(one.sse).toBe(two.sse)
    const sizes = readSizes(one.bytes)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64)
    expect(new Set(sizes).size).toBeGreaterThan(20)
  })
})

function readSizes(bytes: Buffer): number[] {
  const text = bytes.toString('latin1')
  return [...text.matchAll(/\r\n([0-9a-f]+)\r\n/g)]
    .map(([, size]) => Number.parseInt(size ?? '', 16))
    .filter((size) => size > 0)
}

describe('the other dialects', () => {
  const anthropic = (behaviour: string) => ({ ...chat(behaviour), max_tokens: 99, stream: true })
  const bodyOf = async (path: string, body: unknown) => {
    const reply = await rawRequest(mock.port, postText(path, body))
    return readChunked(reply.bytes).body.toString('utf8')
  }

  it('Anthropic: no-done drops message_stop, error-event is an error event', async () => {
    const cut = await bodyOf('/v1/messages', anthropic('fault=no-done'))
    expect(cut).toContain('event: message_delta')
    expect(cut).not.toContain('message_stop')
    const error = await bodyOf('/v1/messages', anthropic('fault=error-event@2;error=overloaded'))
    expect(error).toMatch(/event: error\ndata: \{"type":"error".*overloaded_error.*\}\n\n$/)
    const pinged = await bodyOf('/v1/messages', anthropic('fault=comments'))
    expect(pinged.split('event: ping').length).toBeGreaterThan(10)
  })

  it('Responses: no-done drops response.completed, error-event is an error event', async () => {
    const ask = (behaviour: string) => ({ model: `m;${behaviour}`, input: 'Hi', stream: true })
    const cut = await bodyOf('/v1/responses', ask('fault=no-done'))
    expect(cut).toContain('event: response.output_item.done')
    expect(cut).not.toContain('response.completed')
    const error = await bodyOf('/v1/responses', ask('fault=error-event@2'))
    expect(error).toMatch(/event: error\ndata: \{"type":"error","code":"server_error".*\}\n\n$/)
  })

  it('Gemini: CRLF by nature, and a JSON array with or without its closing bracket', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
    const path = (model: string) => `/v1beta/models/${model}:streamGenerateContent`
    const sse = await bodyOf(`${path('m')}?alt=sse`, { contents })
    expect(sse.replaceAll('\r\n', '')).not.toContain('\n')
    const array = await bodyOf(path('m'), { contents })
    expect(JSON.parse(array)).toHaveLength(61)
    const open = await bodyOf(path('m;fault=no-done'), { contents })
    expect(JSON.parse(`${open}]`)).toHaveLength(61)
    const failed = JSON.parse(await bodyOf(path('m;fault=error-event@1'), { contents }))
    expect(failed[1]).toMatchObject({ error: { code: 500, status: 'INTERNAL' } })
  })
})
