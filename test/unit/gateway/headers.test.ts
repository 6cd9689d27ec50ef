import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headersToClient, headersToProvider, headerValue } from '../../../src/gateway/headers.ts'

type Headers = Record<string, string>

/** `name, value, name, value …` as an object. */
function named(list: readonly string[]): Headers {
  const headers: Headers = {}
  for (let i = 0; i < list.length; i += 2) headers[list[i] ?? ''] = list[i + 1] ?? ''
  return headers
}

const toProvider = (headers: Headers) => named(headersToProvider(headers))
const toClient = (headers: Headers) => named(headersToClient(headers))

const ofOneConnection = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'http2-settings',
]

describe('what a provider gets of the headers of a client', () => {
  it.each([
    'content-type',
    'accept',
    'user-agent',
    'anthropic-version',
    'anthropic-beta',
    'openai-beta',
    'x-stainless-lang',
    'x-request-id',
    'idempotency-key',
    'traceparent',
    'x-some-header-of-2031',
  ])('%s', (name) => {
    expect(toProvider({ [name]: 'value' })).toEqual({ [name]: 'value' })
  })

  it.each([
    ...ofOneConnection,
    'authorization',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'cookie',
    'openai-organization',
    'openai-project',
    'x-goog-user-project',
    'host',
    'origin',
    'referer',
    'forwarded',
    'via',
    'x-real-ip',
    'x-forwarded-for',
    'x-forwarded-host',
    'cf-connecting-ip',
    'sec-fetch-site',
    'accept-encoding',
    'content-encoding',
    'x-waybill-user',
    'x-waybill-metadata',
  ])('not %s', (name) => {
    expect(toProvider({ [name]: 'value', accept: '*/*' })).toEqual({ accept: '*/*' })
  })
})

describe('what a client gets of the headers of a provider', () => {
  it.each([
    'content-type',
    'request-id',
    'x-request-id',
    'retry-after',
    'anthropic-ratelimit-tokens-remaining',
    'x-ratelimit-remaining-requests',
    'openai-processing-ms',
    'x-some-header-of-2031',
  ])('%s', (name) => {
    expect(toClient({ [name]: 'value' })).toEqual({ [name]: 'value' })
  })

  it.each([
    ...ofOneConnection,
    'set-cookie',
    'content-encoding',
    'alt-svc',
    'strict-transport-security',
    'server',
    'date',
    'x-waybill-id',
    'x-waybill-cost-usd',
  ])('not %s', (name) => {
    expect(toClient({ [name]: 'value', etag: '1' })).toEqual({ etag: '1' })
  })
})

describe('what the sender lists in connection', () => {
  it.each(['x-hop', 'X-Hop', 'close, x-hop', 'keep-alive ,x-hop,other', 'x-hop,'])(
    'stays here, written as %j',
    (connection) => {
      const headers = { connection, 'x-hop': 'secret', 'x-stays': 'yes' }
      expect(toProvider(headers)).toEqual({ 'x-stays': 'yes' })
      expect(toClient(headers)).toEqual({ 'x-stays': 'yes' })
    },
  )

  it('takes no other header along', () => {
    const headers = { connection: 'x-hop', 'x-hop-count': '1' }
    expect(toProvider(headers)).toEqual({ 'x-hop-count': '1' })
  })
})

it('a header called __proto__ is a header', () => {
  const headers: Headers = Object.create(null)
  Object.defineProperty(headers, '__proto__', { value: 'x', enumerable: true })
  expect(headersToProvider(headers)).toEqual(['__proto__', 'x'])
})

describe('headerValue', () => {
  it('cannot open a second header, whatever it is given', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 900 }), (text) => {
        const value = headerValue(text)
        expect(value).toMatch(/^[\x20-\x7e]*$/)
        expect(value.length).toBeLessThanOrEqual(400)
      }),
    )
    expect(headerValue('openai/x\r\nset-cookie: a=b')).toBe('openai/x??set-cookie: a=b')
    expect(headerValue('a\u2028b\u0000c\u007f')).toBe('a?b?c?')
  })

  it('leaves what is plain as it is', () => {
    const plain = 'lowest expected latency: 420 ms p95 over 312 calls'
    expect(headerValue(plain)).toBe(plain)
    expect(headerValue('x'.repeat(400))).toBe('x'.repeat(400))
    expect(headerValue('x'.repeat(401))).toBe(`${'x'.repeat(397)}...`)
  })
})
