import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddressRange, parseRange } from '../../../src/core/address.ts'
import { peerOf } from '../../../src/http/peer.ts'

function ranges(...texts: string[]): AddressRange[] {
  return texts.flatMap((text) => parseRange(text) ?? [])
}

const trusted = ranges('10.0.0.0/8', '::1', 'fd00::/8')

/** The address a request counts towards that comes through our proxy at 10.0.0.1. */
function ip(headers: Readonly<Record<string, string>>, remoteAddress = '10.0.0.1') {
  return peerOf({ remoteAddress }, trusted).ipOf(headers)
}

const client = '203.0.113.7'
const made = '198.51.100.1'

describe('the peer', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', false],
    ['::ffff:203.0.113.7', '203.0.113.7', false],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64', false],
    ['fe80::1%eth0', 'fe80::/64', false],
    ['::1', '::1', true],
    ['::ffff:127.0.0.1', '127.0.0.1', true],
  ])('at %s is %s', (remoteAddress, expected, loopback) => {
    const peer = peerOf({ remoteAddress }, [])
    expect(peer.ipOf({})).toBe(expected)
    expect(peer.loopback).toBe(loopback)
  })

  it('is not known where the connection has none', () => {
    expect(peerOf({ remoteAddress: undefined }, trusted).ipOf({})).toBeNull()
  })

  it('is found out once for each connection and list of proxies', () => {
    const socket = { remoteAddress: '10.0.0.1' }
    const peer = peerOf(socket, trusted)
    expect(peerOf(socket, trusted)).toBe(peer)
    expect(peer.ipOf({ 'x-forwarded-for': client })).toBe(client)
    expect(peerOf(socket, []).ipOf({ 'x-forwarded-for': client })).toBe('10.0.0.1')
  })
})

describe('what a proxy says', () => {
  it('is believed of trusted proxies only', () => {
    const headers = { 'x-forwarded-for': made, forwarded: `for=${made}` }
    expect(ip(headers, client)).toBe(client)
    expect(peerOf({ remoteAddress: '127.0.0.1' }, []).ipOf(headers)).toBe('127.0.0.1')
    expect(ip(headers)).toBe(made)
  })

  it.each([
    ['one address', client, client],
    ['with a port', `${client}:51234`, client],
    ['what the client made up left of it', `${made}, ${client}`, client],
    ['further proxies of ours', `${made}, ${client}, 10.1.1.1,10.2.2.2`, client],
    ['proxies alone', '10.3.3.3, 10.1.1.1', '10.3.3.3'],
    ['an IPv6 address', `${made}, 2001:db8::5`, '2001:db8::/64'],
    ['one in brackets', '[2001:db8::5]:443', '2001:db8::/64'],
    ['a mapped one', '::ffff:203.0.113.7', client],
    ['garbage left of it', `<script>, ${client}`, client],
  ])('X-Forwarded-For: %s', (_, header, expected) => {
    expect(ip({ 'x-forwarded-for': header })).toBe(expected)
  })

  it.each([
    ['a token', `for=${client}`, client],
    ['with more beside it', `by=10.0.0.1; For="${client}:80" ;proto=https`, client],
    ['an IPv6 address', 'for="[2001:db8::5]:4711"', '2001:db8::/64'],
    ['what the client made up left of it', `for=${made}, for=${client}`, client],
    ['an open quote of the client', `for="${made}, for=${client}`, client],
  ])('Forwarded: %s', (_, header, expected) => {
    expect(ip({ forwarded: header })).toBe(expected)
  })

  it.each([
    '',
    ',',
    'unknown',
    'for=unknown',
    'for=_hidden',
    `proto=https`,
    `${client}, unknown`,
    `${client}, `,
    '999.1.1.1',
    '[203.0.113.7',
    '203.0.113.7/32',
    'for="203.0.113.7',
  ])('is nothing where it cannot be read: %j', (header) => {
    expect(ip({ 'x-forwarded-for': header })).toBe('10.0.0.1')
    expect(ip({ forwarded: header })).toBe('10.0.0.1')
  })

  it('is nothing where two headers disagree: one of them is as the client sent it', () => {
    expect(ip({ 'x-forwarded-for': client, forwarded: `for=${made}` })).toBe('10.0.0.1')
    expect(ip({ 'x-forwarded-for': client, forwarded: 'for=unknown' })).toBe('10.0.0.1')
    expect(ip({ 'x-forwarded-for': client, forwarded: `for=${client}` })).toBe(client)
  })

  it('no client can change, whatever it sends to a proxy that adds to it', () => {
    const sent = fc.record(
      { 'x-forwarded-for': anything(), forwarded: anything(), 'x-real-ip': fc.ipV4() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(sent, fc.constantFrom('x-forwarded-for', 'forwarded'), (headers, written) => {
        const own = headers[written === 'forwarded' ? 'forwarded' : 'x-forwarded-for']
        const added = written === 'forwarded' ? `for=${client}` : client
        const seen = ip({ ...headers, [written]: own === undefined ? added : `${own}, ${added}` })
        // Beside a header it does not write, nothing but the truth or the proxy itself.
        expect([client, '10.0.0.1']).toContain(seen)
      }),
      { numRuns: 2_000 },
    )
  })

  function anything() {
    return fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV4().map((address) => `for=${address}`),
      fc.ipV4().map((address) => `for="${address}`),
      fc.constantFrom('10.0.0.1', 'for=10.0.0.1, for="', `${made}, 10.1.1.1`),
    )
  }
})
