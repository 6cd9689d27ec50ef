import { describe, expect, it } from 'vitest'
import { codecs } from '../../../src/gateway/codecs.ts'
import { type ReadRequest, readRequest } from '../../../src/gateway/read-request.ts'
import { findRoute } from '../../../src/http/routes.ts'

interface Ask {
  readonly path?: string
  readonly headers?: Record<string, string>
}

function read(body: string | Buffer, { path = '/v1/chat/completions', headers = {} }: Ask = {}) {
  const route = findRoute('POST', path)
  if (route.to !== 'endpoint') throw new Error(`${path} is no endpoint`)
  const incoming = {
    method: 'POST',
    path,
    query: '',
    headers,
    body: Buffer.from(body),
    endpoint: route.endpoint,
    pathModel: route.model,
    loopback: true,
    ip: null,
    arrivedAtMs: 0,
    arrivedMonotonicMs: 0,
  }
  return readRequest(incoming, codecs[route.endpoint.dialect], 'wb_1')
}

function good(...ask: Parameters<typeof read>): ReadRequest {
  const outcome = read(...ask)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

function refusal(...ask: Parameters<typeof read>): string {
  const outcome = read(...ask)
  return outcome.ok ? 'none' : outcome.failure.message
}

const hello = '{"model":"fast","messages":[]}'
const withHeader = (name: string, value: string) => good(hello, { headers: { [name]: value } })
const refusedHeader = (name: string, value: string) =>
  refusal(hello, { headers: { [name]: value } })

describe('what routing needs of a request', () => {
  it('is read without the rest', () => {
    const body = '{"model":"fast","stream":true,"max_tokens":7,"user":"u1","messages":[]}'
    expect(good(body).request).toMatchObject({
      id: 'wb_1',
      endpoint: codecs.openai.endpoints.find(({ path }) => path === '/chat/completions'),
      model: 'fast',
      streaming: 'sse',
      user: 'u1',
      inputTokensEstimate: Math.ceil(body.length / 4),
      maxOutputTokens: 7,
      metadata: {},
      strategy: null,
      timeoutMs: null,
      noFallback: false,
    })
  })

  it('the model of the path counts, and none in the body is replaced', () => {
    const path = '/v1beta/models/gemini-pro:generateContent'
    expect(good('{"model":"models/other"}', { path })).toMatchObject({
      request: { model: 'gemini-pro' },
      modelSpan: null,
    })
  })

  it('a form has its model in a field', () => {
    const body = '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper\r\n--b--\r\n'
    const headers = { 'content-type': 'Multipart/Form-Data; boundary=b' }
    const found = good(body, { path: '/v1/audio/transcriptions', headers })
    expect(found).toMatchObject({ request: { model: 'whisper', streaming: null }, members: null })
    const { start = 0, end = 0 } = found.modelSpan ?? {}
    expect(body.slice(start, end)).toBe('whisper')
    expect(refusal('--b--\r\n', { path: '/v1/audio/transcriptions', headers })).toContain(
      'a field "model"',
    )
  })

  it('a model name longer than any is refused, before it reaches a record', () => {
    expect(refusal(JSON.stringify({ model: 'x'.repeat(1_000) }))).toContain('400 characters')
    expect(good(JSON.stringify({ model: 'x'.repeat(400) })).request.model).toHaveLength(400)
  })

  it('the name of a user is kept as far as it is one', () => {
    const long = JSON.stringify({ model: 'fast', user: 'u'.repeat(10_000) })
    expect(good(long).request.user).toHaveLength(256)
  })
})

describe('our own headers', () => {
  it('x-waybill-user wins over the body', () => {
    const body = '{"model":"fast","user":"body"}'
    expect(good(body, { headers: { 'x-waybill-user': 'header' } }).request.user).toBe('header')
  })

  it.each(['Jürgen', '李雷', '🦊'])('x-waybill-user: %s is the same as in a body', (user) => {
    const asNodeReadsIt = Buffer.from(user).toString('latin1')
    expect(withHeader('x-waybill-user', asNodeReadsIt).request.user).toBe(user)
    expect(good(JSON.stringify({ model: 'fast', user })).request.user).toBe(user)
  })

  it('x-waybill-user: bytes that are no UTF-8 stay as they are', () => {
    expect(withHeader('x-waybill-user', 'J\u00fcrgen').request.user).toBe('J\u00fcrgen')
  })

  it('a long user is cut between characters', () => {
    const user = `${'x'.repeat(255)}🦊`
    const cut = good(JSON.stringify({ model: 'fast', user })).request.user
    expect(cut?.isWellFormed()).toBe(true)
    expect(cut?.slice(0, 255)).toBe('x'.repeat(255))
  })

  it.each(['failover', 'round-robin', 'random'])('x-waybill-strategy: %s', (name) => {
    expect(withHeader('x-waybill-strategy', name).request.strategy).toBe(name)
  })

  it.each(['fastest', '', 'Failover', '__proto__'])('x-waybill-strategy: not %j', (name) => {
    expect(refusedHeader('x-waybill-strategy', name)).toContain('failover, round-robin, random')
  })

  it.each([
    ['1', 1],
    ['1500', 1500],
    ['86400000', 86_400_000],
  ])('x-waybill-timeout-ms: %s', (value, expected) => {
    expect(withHeader('x-waybill-timeout-ms', value).request.timeoutMs).toBe(expected)
  })

  it.each(['0', '-1', '1.5', '86400001', 'soon', '', 'Infinity', '1e9'])(
    'x-waybill-timeout-ms: not %j',
    (value) => {
      expect(refusedHeader('x-waybill-timeout-ms', value)).toContain('from 1 to 86400000')
    },
  )

  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('x-waybill-no-fallback: %s', (value, expected) => {
    expect(withHeader('x-waybill-no-fallback', value).request.noFallback).toBe(expected)
  })

  it.each(['yes', '', 'on', 'true, true'])('x-waybill-no-fallback: not %j', (value) => {
    expect(refusedHeader('x-waybill-no-fallback', value)).toContain('true or false')
  })

  it('x-waybill-metadata: plain values as text', () => {
    const metadata = withHeader('x-waybill-metadata', '{"team":"a","n":1.5,"beta":true}').request
      .metadata
    expect({ ...metadata }).toEqual({ team: 'a', n: '1.5', beta: 'true' })
  })

  it('x-waybill-metadata: UTF-8', () => {
    const value = Buffer.from('{"team":"Köln"}').toString('latin1')
    expect(withHeader('x-waybill-metadata', value).request.metadata['team']).toBe('Köln')
  })

  it('x-waybill-metadata: a name is only a name', () => {
    const { metadata } = withHeader('x-waybill-metadata', '{"__proto__":"x"}').request
    expect(Object.keys(metadata)).toEqual(['__proto__'])
    expect(metadata['constructor']).toBeUndefined()
  })

  it.each(['', '[]', '"a"', '{"a":{}}', '{"a":[1]}', '{"a":null}', '{"a":1', '5'])(
    'x-waybill-metadata: not %s',
    (value) => {
      expect(refusedHeader('x-waybill-metadata', value)).toContain('must be a JSON object')
    },
  )
})
