import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../src/core/catalog.ts'
import { makePlan } from '../../../src/core/plan/make-plan.ts'
import { resolveModel } from '../../../src/core/plan/resolve-model.ts'
import { codecs } from '../../../src/gateway/codecs.ts'
import type { Incoming } from '../../../src/gateway/exchange.ts'
import type { UpstreamCall } from '../../../src/gateway/ports.ts'
import { type Prepared, prepareCall } from '../../../src/gateway/prepare-call.ts'
import { readRequest } from '../../../src/gateway/read-request.ts'
import { findRoute } from '../../../src/http/routes.ts'
import { catalogOf } from '../config/configure.ts'
import { someSurroundings } from '../core/plans.ts'

const catalog = catalogOf(`
providers:
  up:
    dialect: [openai, anthropic, gemini, openai-responses]
    baseUrl: https://up.test/base/v1
    apiKeys: [key-one, key-two]
  plain: { dialect: openai, baseUrl: http://plain.test:8080, auth: none }
  named: { dialect: openai, baseUrl: http://named.test/v1, apiKey: key-three, auth: { header: x-key } }
  gem: { dialect: gemini, baseUrl: https://gem.test/v1beta, apiKey: key-four }
models:
  fast: { aliases: [gpt-4o-mini], targets: [up/gpt-4o-mini] }
`)

interface Ask {
  readonly path?: string
  readonly query?: string
  readonly headers?: Record<string, string>
  readonly keyTurn?: number
  readonly catalog?: Catalog
}

function incomingOf(body: string, { path = '/v1/chat/completions', ...ask }: Ask): Incoming {
  const route = findRoute('POST', path)
  if (route.to !== 'endpoint') throw new Error(`${path} is no endpoint`)
  return {
    method: 'POST',
    path,
    query: ask.query ?? '',
    headers: { 'content-type': 'application/json', ...ask.headers },
    body: Buffer.from(body),
    endpoint: route.endpoint,
    pathModel: route.model,
    loopback: true,
    ip: null,
    arrivedAtMs: 0,
    arrivedMonotonicMs: 0,
  }
}

function prepare(body: string, ask: Ask = {}): Prepared {
  const incoming = incomingOf(body, ask)
  const read = readRequest(incoming, codecs[incoming.endpoint.dialect], 'wb_1')
  if (!read.ok) throw new Error(read.failure.message)
  const everything = { name: 'default', allow: ['*'] }
  const resolved = resolveModel(read.value.request.model, catalog, everything)
  if (!resolved.ok) throw new Error(resolved.failure.message)
  const plan = makePlan(read.value.request, resolved.value, catalog, someSurroundings())
  if ('class' in plan) throw new Error(plan.message)
  const [candidate] = plan.candidates
  if (candidate === undefined) throw new Error('no candidate')
  const prepared = prepareCall(candidate, incoming, read.value, ask.keyTurn ?? 0)
  if (!prepared.ok) throw new Error(prepared.failure.message)
  return prepared.value
}

function callOf(body: string, ask: Ask = {}): UpstreamCall {
  const prepared = prepare(body, ask)
  if (prepared.kind !== 'http') throw new Error(`prepared as ${prepared.kind}`)
  return prepared.call
}

const sent = (call: UpstreamCall) => Buffer.concat(call.body).toString()

function headersOf({ headers }: UpstreamCall): Record<string, string> {
  const named: Record<string, string> = {}
  for (let i = 0; i < headers.length; i += 2) named[headers[i] ?? ''] = headers[i + 1] ?? ''
  return named
}

describe('a body that passes through', () => {
  it('is sent as it came, with the model of the target in place', () => {
    const body = ' {"messages": [ ],\r\n "model" : "fast" , "new_field_of_2031":1.50e1}\n'
    expect(sent(callOf(body))).toBe(body.replace('"fast"', '"gpt-4o-mini"'))
  })

  it('is sent as it came, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (fields) => {
        const others = JSON.stringify({ ...fields, model: undefined, stream: undefined })
        const rest = others === '{}' ? '' : `,${others.slice(1, -1)}`
        const body = (model: string) => `{"model":${JSON.stringify(model)}${rest}}`
        expect(sent(callOf(body('fast')))).toBe(body('gpt-4o-mini'))
      }),
    )
  })

  it('is not copied where the provider knows the model by the name that was asked for', () => {
    const body = '{"model":"gpt-4o-mini","messages":[]}'
    const prepared = callOf(body)
    expect(prepared.body).toHaveLength(1)
    expect(sent(prepared)).toBe(body)
  })
})

describe('usage of a stream', () => {
  const hidden = (body: string, ask?: Ask) => {
    const prepared = prepare(body, ask)
    return prepared.kind === 'http' && prepared.hideUsageChunk
  }

  it('is asked for where the client did not, and hidden from it', () => {
    const body = '{"model":"up/m","stream":true,"messages":[]}'
    expect(sent(callOf(body))).toBe(
      '{"stream_options":{"include_usage":true},"model":"m","stream":true,"messages":[]}',
    )
    expect(hidden(body)).toBe(true)
  })

  it.each([
    ['{"include_usage":false,"include_obfuscation":false}', true],
    ['{}', true],
    ['null', true],
    ['{"include_usage":true}', false],
  ])('with stream_options %s', (options, isHidden) => {
    const body = `{"model":"up/m","stream":true,"stream_options":${options}}`
    const { stream_options: asked } = JSON.parse(sent(callOf(body)))
    expect(asked).toEqual({ ...JSON.parse(options), include_usage: true })
    expect(hidden(body)).toBe(isHidden)
  })

  it('is not asked for in whole replies and in other dialects', () => {
    expect(sent(callOf('{"model":"up/m"}'))).toBe('{"model":"m"}')
    const anthropic = '{"model":"up/m","stream":true}'
    expect(sent(callOf(anthropic, { path: '/v1/messages' }))).toBe('{"model":"m","stream":true}')
    expect(hidden(anthropic, { path: '/v1/messages' })).toBe(false)
  })
})

describe('the address', () => {
  it.each([
    ['/v1/chat/completions', 'up/m', 'https://up.test', '/base/v1/chat/completions'],
    ['/v1/messages', 'up/m', 'https://up.test', '/base/v1/messages'],
    ['/v1/responses', 'up/m', 'https://up.test', '/base/v1/responses'],
    ['/v1/chat/completions', 'plain/m', 'http://plain.test:8080', '/chat/completions'],
  ])('%s of %s', (path, model, origin, expected) => {
    const call = callOf(JSON.stringify({ model }), { path })
    expect(call).toMatchObject({ origin, path: expected, method: 'POST' })
  })

  it.each([
    ['up%2Fgemini-pro', 'gemini-pro'],
    ['up%2Ftuned%2Fmodels%2Fx', 'tuned/models/x'],
    ['up%2Fa%3Fkey%3Dx%23y', 'a%3Fkey%3Dx%23y'],
    ['up%2Fa%26b$&c', 'a%26b%24%26c'],
    ['up%2F%E6%BC%A2', '%E6%BC%A2'],
    ['up%2F%252e%252e', '%252e%252e'],
  ])('Gemini carries the model %s in its path', (asked, path) => {
    const call = callOf('{}', { path: `/v1beta/models/${asked}:generateContent` })
    expect(call.path).toBe(`/base/v1/models/${path}:generateContent`)
  })

  it('keeps the query of the client, but not its key', () => {
    const ask = (query: string) =>
      callOf('{}', { path: '/v1beta/models/up%2Fm:streamGenerateContent', query }).path.split(
        '?',
      )[1]
    expect(ask('alt=sse')).toBe('alt=sse')
    expect(ask('key=wb-1&alt=sse&$x=%20')).toBe('alt=sse&$x=%20')
    expect(ask('alt=sse&KEY=wb-1')).toBe('alt=sse')
    expect(ask('%6bey=wb-1&alt=sse&k%65y=wb-1')).toBe('alt=sse')
    expect(ask('key')).toBeUndefined()
    expect(ask('keyword=a&monkey=b')).toBe('keyword=a&monkey=b')
    expect(ask('')).toBeUndefined()
  })

  it('has no query of the client where the request is translated', () => {
    const call = callOf(
      '{"model":"gem/m","messages":[{"role":"user","content":"hi"}],"stream":true}',
      { query: 'a=b' },
    )
    expect(call.path).toBe('/v1beta/models/m:streamGenerateContent?alt=sse')
  })
})

describe('credentials', () => {
  it("are the provider's, never the client's", () => {
    const headers = { authorization: 'Bearer wb-1', 'x-api-key': 'wb-1', cookie: 'a=b' }
    const call = callOf('{"model":"up/m"}', { headers })
    expect(headersOf(call)).toEqual({
      'content-type': 'application/json',
      authorization: 'Bearer key-one',
    })
  })

  it.each([
    [0, 'Bearer key-one'],
    [1, 'Bearer key-two'],
    [2, 'Bearer key-one'],
    [2 ** 40 + 1, 'Bearer key-two'],
  ])('take turns: %i', (keyTurn, authorization) => {
    expect(headersOf(callOf('{"model":"up/m"}', { keyTurn }))).toMatchObject({ authorization })
  })

  it('travel as the provider wants them', () => {
    expect(headersOf(callOf('{"model":"plain/m"}'))).not.toHaveProperty('authorization')
    expect(headersOf(callOf('{"model":"named/m"}'))).toMatchObject({ 'x-key': 'key-three' })
  })
})

describe('a history with a signature that was sealed for another provider', () => {
  it('is translated although the dialect is the same', () => {
    const body = (value: string) =>
      JSON.stringify({
        model: 'up/m',
        max_tokens: 5,
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'b', signature: value }] },
          { role: 'user', content: 'c' },
        ],
      })
    const path = '/v1/messages'
    expect(prepare(body('own'), { path })).toMatchObject({ translated: false })
    const foreign = prepare(body('wb1:gemini::xyz'), { path })
    expect(foreign).toMatchObject({ translated: true })
    expect(foreign.kind === 'http' && sent(foreign.call)).not.toContain('wb1:')
  })
})
