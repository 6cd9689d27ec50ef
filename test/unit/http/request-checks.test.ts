import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isLoopback, plainHeaders, refusedForm } from '../../../src/http/request-checks.ts'

interface Form {
  readonly headers?: readonly string[]
  readonly url?: string
  readonly version?: string
}

function messageOf({ headers = ['Host', 'localhost'], url = '/v1', version = '1.1' }: Form = {}) {
  const message = new IncomingMessage(new Socket())
  message.rawHeaders = [...headers]
  message.url = url
  message.httpVersion = version
  return message
}

function refusal(form: Form): string | null {
  const message = messageOf(form)
  return refusedForm(message, plainHeaders(message))?.message ?? null
}

describe('a request that every hop reads alike', () => {
  it.each<[string, Form]>([
    ['plain', {}],
    ['with a port', { headers: ['host', 'localhost:4100'] }],
    ['with an IPv6 host', { headers: ['host', '[::1]:4100'] }],
    ['with an encoding that is none', { headers: ['host', 'a', 'content-encoding', 'Identity'] }],
    ['of HTTP/1.0', { version: '1.0' }],
    ['with 150 headers', { headers: ['host', 'a', ...Array(149).fill(['x', '1']).flat()] }],
  ])('%s is let in', (_what, form) => {
    expect(refusal(form)).toBeNull()
  })

  it.each<[string, Form, RegExp]>([
    ['no Host', { headers: [] }, /exactly one Host/],
    ['two Hosts', { headers: ['host', 'a', 'HOST', 'b'] }, /exactly one Host/],
    ['a Host with a path', { headers: ['host', 'a/b'] }, /not a host name/],
    ['a Host with a user', { headers: ['host', 'u@a'] }, /not a host name/],
    ['a Host with a blank', { headers: ['host', 'a b'] }, /not a host name/],
    ['an absolute URL', { url: 'http://a/v1' }, /path alone/],
    ['no path', { url: '*' }, /path alone/],
    [
      'chunks in HTTP/1.0',
      { version: '1.0', headers: ['host', 'a', 'transfer-encoding', 'chunked'] },
      /no chunked bodies/,
    ],
    ['gzip', { headers: ['host', 'a', 'Content-Encoding', 'gzip'] }, /without content-encoding/],
    [
      'identity and gzip',
      { headers: ['host', 'a', 'content-encoding', 'identity', 'content-encoding', 'gzip'] },
      /without content-encoding/,
    ],
    [
      '151 headers',
      { headers: ['host', 'a', ...Array(150).fill(['x', '1']).flat()] },
      /More than 150/,
    ],
  ])('%s is refused', (_what, form, message) => {
    expect(refusal(form)).toMatch(message)
  })
})

describe('plainHeaders', () => {
  it('has lower-case names, and joins what is repeated', () => {
    const headers = ['X-A', '1', 'x-a', '2', 'Cookie', 'a=b', 'X-A', '3']
    expect({ ...plainHeaders(messageOf({ headers })) }).toEqual({
      'x-a': '1, 2, 3',
      cookie: 'a=b',
    })
  })

  it('has no prototype to be polluted', () => {
    const headers = plainHeaders(messageOf({ headers: ['__proto__', 'x', 'constructor', 'y'] }))
    expect(Object.keys(headers)).toEqual(['__proto__', 'constructor'])
    expect(headers['toString']).toBeUndefined()
    expect('x' in {}).toBe(false)
  })
})

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1'])('%s', (address) => {
    expect(isLoopback(address)).toBe(true)
  })

  it.each([undefined, '', '10.0.0.1', '::ffff:10.0.0.1', '::', 'fe80::1', '1270.0.0.1', '0.0.0.0'])(
    'not %s',
    (address) => {
      expect(isLoopback(address)).toBe(false)
    },
  )
})
