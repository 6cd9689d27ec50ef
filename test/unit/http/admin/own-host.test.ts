import { describe, expect, it } from 'vitest'
import { isOwnHost, isOwnOrigin } from '../../../../src/http/admin/own-host.ts'

describe('a Host header', () => {
  const own = { listen: '192.0.2.7', names: ['admin.example.com'] }

  it.each(['192.0.2.7', '192.0.2.7:4101', 'Admin.Example.com:443', 'localhost', '[::1]:4101'])(
    '%s is ours',
    (host) => {
      expect(isOwnHost(host, own)).toBe(true)
    },
  )

  it.each([
    '192.0.2.8',
    'example.com',
    'x.admin.example.com',
    '',
    ':4101',
    '[]',
    '127.0.0.1.x',
    '127.1',
  ])('%s is not', (host) => {
    expect(isOwnHost(host, own)).toBe(false)
  })

  it('is any address where it listens on all, and still no other name', () => {
    for (const listen of ['0.0.0.0', '::']) {
      expect(isOwnHost('203.0.113.9:80', { listen, names: [] })).toBe(true)
      expect(isOwnHost('[2001:db8::1]:80', { listen, names: [] })).toBe(true)
      expect(isOwnHost('example.com', { listen, names: [] })).toBe(false)
    }
  })
})

describe('an origin', () => {
  it.each([
    ['http://127.0.0.1:4101', '127.0.0.1:4101'],
    ['http://localhost', 'localhost:80'],
    ['https://admin.example.com', 'admin.example.com'],
    ['https://admin.example.com', 'admin.example.com:443'],
    ['http://[::1]:4101', '[::1]:4101'],
    ['http://LOCALHOST:4101', 'localhost:4101'],
  ])('%s is that of %s', (origin, host) => {
    expect(isOwnOrigin(origin, host)).toBe(true)
  })

  it.each([
    ['http://127.0.0.1:4101', 'localhost:4101'],
    ['http://127.0.0.1:4100', '127.0.0.1:4101'],
    ['null', '127.0.0.1:4101'],
    ['', '127.0.0.1:4101'],
    ['file://', '127.0.0.1:4101'],
    ['chrome-extension://127.0.0.1:4101', '127.0.0.1:4101'],
    ['http://127.0.0.1:4101@evil.test', '127.0.0.1:4101'],
  ])('%s is not that of %s', (origin, host) => {
    expect(isOwnOrigin(origin, host)).toBe(false)
  })
})
