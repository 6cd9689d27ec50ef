import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../src/gateway/authenticate.ts'
import { catalogOf } from '../config/configure.ts'

const webKey = 'wb-web-0123456789abcdef'
const batchKey = 'wb-batch-0123456789abcdef'
const hash = (key: string) => createHash('sha256').update(key).digest('hex')

const open = catalogOf('providers: { openai: { apiKey: abcdef } }')
const closed = catalogOf(`
providers: { openai: { apiKey: abcdef } }
policies: { narrow: { allow: [openai/gpt-4o] } }
clients:
  web: { policy: narrow, key: "sha256:${hash(webKey)}" }
  batch: { key: "sha256:${hash(batchKey)}" }
`)

interface Call {
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly loopback?: boolean
}

/** The client's name, or the class of the refusal. */
function who(call: Call, catalog = open): string {
  const { headers = {}, query = '', loopback = true } = call
  const local = { host: '127.0.0.1:4100', ...headers }
  const outcome = authenticate({ headers: local, query, loopback }, catalog)
  return outcome.ok ? outcome.value.name : outcome.failure.class
}

describe('a call with a key', () => {
  it.each<[string, Call]>([
    ['a bearer token', { headers: { authorization: `Bearer ${webKey}` } }],
    ['a bearer token in another case', { headers: { authorization: `bEARER   ${webKey} ` } }],
    ['x-api-key', { headers: { 'x-api-key': webKey } }],
    ['x-goog-api-key', { headers: { 'x-goog-api-key': webKey } }],
    ['the query', { query: `alt=sse&key=${webKey}` }],
    ['the query, with its name escaped', { query: `%6bey=${webKey}` }],
  ])('in %s is its client, from wherever it comes', (_place, call) => {
    expect(who({ ...call, loopback: false }, closed)).toBe('web')
    expect(who(call, closed)).toBe('web')
  })

  it('has the policy of its client', () => {
    const headers = { 'x-api-key': webKey }
    const outcome = authenticate({ headers, query: '', loopback: false }, closed)
    expect(outcome.ok && outcome.value.policy.name).toBe('narrow')
  })

  it('counts by the first place that has one', () => {
    const bearer = { authorization: `Bearer ${webKey}` }
    expect(who({ headers: { ...bearer, 'x-api-key': batchKey } }, closed)).toBe('web')
    expect(who({ headers: { 'x-api-key': batchKey, 'x-goog-api-key': webKey } }, closed)).toBe(
      'batch',
    )
    expect(who({ headers: { 'x-goog-api-key': batchKey }, query: `key=${webKey}` }, closed)).toBe(
      'batch',
    )
    expect(who({ headers: { authorization: 'Bearer wrong', 'x-api-key': webKey } }, closed)).toBe(
      'unauthenticated',
    )
  })

  it.each(['Basic d2ViOnB3', 'Bearer', 'Bearer ', webKey])(
    'in authorization: %s is none, so that the next place counts',
    (authorization) => {
      expect(who({ headers: { authorization, 'x-api-key': webKey } }, closed)).toBe('web')
    },
  )

  it('from a web page is its client too: the page knows the key', () => {
    const headers = { 'x-api-key': webKey, origin: 'https://app.test', host: 'waybill.test' }
    expect(who({ headers }, closed)).toBe('web')
  })

  it.each([`${webKey}x`, webKey.slice(0, -1), webKey.toUpperCase(), 'sk-of-a-provider'])(
    'that is not known is refused: %s',
    (key) => {
      expect(who({ headers: { 'x-api-key': key } }, closed)).toBe('unauthenticated')
      expect(who({ headers: { 'x-api-key': key }, loopback: false }, closed)).toBe(
        'unauthenticated',
      )
    },
  )

  it('is not found by its hash', () => {
    expect(who({ headers: { 'x-api-key': hash(webKey) } }, closed)).toBe('unauthenticated')
    expect(who({ headers: { 'x-api-key': `sha256:${hash(webKey)}` } }, closed)).toBe(
      'unauthenticated',
    )
  })

  it('counts as none while no client is configured, unless it is one of ours', () => {
    expect(who({ headers: { authorization: 'Bearer not-needed' } })).toBe('local')
    expect(who({ headers: { authorization: 'Bearer wb-revoked' } })).toBe('unauthenticated')
    expect(who({ headers: { 'x-api-key': 'any' }, loopback: false })).toBe('unauthenticated')
  })

  it('is never repeated in the refusal', () => {
    const headers = { 'x-api-key': 'wb-secret-guess' }
    const outcome = authenticate({ headers, query: '', loopback: true }, closed)
    expect(JSON.stringify(outcome)).not.toContain('guess')
  })
})

describe('a call without a key', () => {
  it('is let in from this machine only, also where clients are configured', () => {
    expect(who({})).toBe('local')
    expect(who({}, closed)).toBe('local')
    expect(who({ loopback: false })).toBe('unauthenticated')
    expect(who({ loopback: false }, closed)).toBe('unauthenticated')
  })

  it.each([
    'localhost',
    'localhost:4100',
    'LocalHost:4100',
    'LOCALHOST',
    '127.0.0.1',
    '127.0.0.1:4100',
    '127.8.9.10:80',
    '[::1]',
    '[::1]:4100',
  ])('Host %s is this machine', (host) => {
    expect(who({ headers: { host } })).toBe('local')
  })

  it.each([
    '',
    'evil.test',
    'evil.test:4100',
    'localhost.evil.test',
    'evil-localhost',
    '127.0.0.1.evil.test',
    '127.evil.test',
    '0127.0.0.1',
    '128.0.0.1',
    '192.168.1.7:4100',
    '0.0.0.0:4100',
    '[::]:4100',
    '[::2]',
    '[2001:db8::1]:4100',
    'localhost:evil',
  ])('Host %j may be a rebound name', (host) => {
    expect(who({ headers: { host } })).toBe('forbidden')
  })

  it.each([
    'http://localhost:3000',
    'http://LOCALHOST:3000',
    'https://127.0.0.1',
    'http://[::1]:8080',
  ])('Origin %s is a page of this machine', (origin) => {
    expect(who({ headers: { origin } })).toBe('local')
  })

  it.each([
    'null',
    '',
    'https://evil.test',
    'https://localhost.evil.test',
    'https://evil.test:4100',
    'http://127.0.0.1.evil.test',
    'chrome-extension://abcdefgh',
    'file://',
  ])('Origin %j is a page of somewhere else', (origin) => {
    expect(who({ headers: { origin } })).toBe('forbidden')
  })
})
