import { describe, expect, it } from 'vitest'
import { operations } from '../../../src/http/admin/contract/operations.ts'
import { problemBody } from '../../../src/http/admin/contract/problem.ts'
import { openApiPath } from '../../../src/http/admin/openapi.ts'
import { adminToken, startAdmin, type TestAdmin } from '../../support/admin.ts'
import { sendRaw } from '../../support/raw-http.ts'

const routes = [
  ...operations.map(({ method, path }) => [method, path] as const),
  ['GET', openApiPath] as const,
]
/** What no router knows, and other spellings of what it knows. */
const elsewhere = [
  '/',
  '/api/v1',
  '/api/v1/limits/',
  '//api/v1/limits',
  '/api//v1/limits',
  '/api/v1/%6cimits',
  '/api/v1/limits;x',
  '/API/v1/limits',
  '/api/v1/x/../limits',
  '/api/v1/./limits',
  '/api/v1/limits%00',
  '/.env',
  '/metrics',
].map((path) => ['GET', path] as const)

const right = `authorization: Bearer ${adminToken}`

interface Ask {
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly headers?: readonly string[]
  readonly body?: string
}

async function ask(admin: TestAdmin, { headers = [], ...asked }: Ask) {
  const { method = 'GET', path = '/api/v1/limits' } = asked
  const host = asked.host ?? new URL(admin.url).host
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`, ...headers]
  const body = method === 'GET' ? '' : (asked.body ?? '{}')
  if (method !== 'GET') {
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
  }
  const reply = await sendRaw(admin.url, `${lines.join('\r\n')}\r\n\r\n${body}`)
  const json: unknown = reply.body === '' ? null : JSON.parse(reply.body)
  return { ...reply, json }
}

function codeIn(json: unknown): string {
  return problemBody.parse(json).error.code
}

describe('who is let in', () => {
  it.each([...routes, ...elsewhere])('%s %s without the token: nobody', async (method, path) => {
    const admin = await startAdmin()
    const reply = await ask(admin, { method, path })
    expect({ status: reply.status, code: codeIn(reply.json) }).toEqual({
      status: 401,
      code: 'unauthenticated',
    })
    expect(reply.headers['www-authenticate']).toBe('Bearer')
    expect(reply.body).toContain('admin-token')
  })

  it('with a wrong token: nobody, on no path', async () => {
    const admin = await startAdmin()
    const wrong = [
      'Bearer x',
      `Bearer ${adminToken}x`,
      `Bearer ${adminToken.slice(0, -1)}`,
      `Basic ${adminToken}`,
      adminToken,
      'Bearer',
      `Bearer ${adminToken} ${adminToken}`,
    ]
    for (const authorization of wrong) {
      const [method, path] = routes[wrong.indexOf(authorization) % routes.length] ?? ['GET', '/']
      const headers = [`authorization: ${authorization}`]
      const reply = await ask(admin, { method, path, headers })
      expect(reply.status, authorization).toBe(401)
      expect(reply.body).not.toContain(adminToken)
    }
  })

  it.each(routes)('%s %s with the token: served', async (method, path) => {
    const admin = await startAdmin()
    const reply = await ask(admin, { method, path, headers: [right] })
    expect([200, 400]).toContain(reply.status)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['x-content-type-options']).toBe('nosniff')
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
    expect(admin.errors).toEqual([])
  })

  it.each(elsewhere)('%s %s with the token: there is nothing', async (method, path) => {
    const admin = await startAdmin()
    const reply = await ask(admin, { method, path, headers: [right] })
    expect({ status: reply.status, code: codeIn(reply.json) }).toEqual({
      status: 404,
      code: 'not_found',
    })
  })

  it('says which methods a path takes', async () => {
    const admin = await startAdmin()
    const reply = await ask(admin, { method: 'PATCH', headers: [right] })
    expect(reply.status).toBe(405)
    expect(reply.headers['allow']).toBe('GET, PUT, POST, DELETE')
    expect((await ask(admin, { method: 'OPTIONS', headers: [right] })).status).toBe(405)
  })

  it('looks at few wrong tokens of an address at once', async () => {
    const admin = await startAdmin()
    const wrong = { headers: ['authorization: Bearer wrong'] }
    const replies = await Promise.all(Array.from({ length: 40 }, () => ask(admin, wrong)))
    const statuses = new Set(replies.map(({ status }) => status))
    expect(statuses).toEqual(new Set([401, 429]))
    expect(replies.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(8)
    expect((await ask(admin, { headers: [right] })).status).toBe(200)
  })

  it('an old token in many calls does not shut out the right one', async () => {
    const admin = await startAdmin()
    const wrong = { headers: ['authorization: Bearer wrong'] }
    const old = Array.from({ length: 20 }, () => ask(admin, wrong))
    // One of them is turned away at once: the others are held now.
    const first = await Promise.race(old)
    expect(first.status).toBe(429)
    expect((await ask(admin, { headers: [right] })).status).toBe(200)
    await Promise.all(old)
  })
})

describe('calls that are meant for another machine, or made by a page', () => {
  it.each([
    'evil.test',
    'evil.test:4101',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    '192.0.2.1',
    'localhost.',
    'xn--lcalhost-54a',
    '2130706433',
    '[::ffff:192.0.2.1]',
  ])('Host %s: forbidden', async (host) => {
    const admin = await startAdmin()
    const reply = await ask(admin, { host, headers: [right] })
    expect({ status: reply.status, code: codeIn(reply.json) }).toEqual({
      status: 403,
      code: 'forbidden',
    })
  })

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '127.0.0.2:80', '[::1]:4101'])(
    'Host %s: this machine',
    async (host) => {
      const admin = await startAdmin()
      expect((await ask(admin, { host, headers: [right] })).status).toBe(200)
    },
  )

  it('names that are configured, and addresses where it listens on all', async () => {
    const admin = await startAdmin({ hosts: { listen: '0.0.0.0', names: ['admin.example.com'] } })
    const status = async (host: string) => (await ask(admin, { host, headers: [right] })).status
    expect(await status('admin.example.com')).toBe(200)
    expect(await status('192.0.2.7:4101')).toBe(200)
    expect(await status('[2001:db8::1]')).toBe(200)
    expect(await status('other.example.com')).toBe(403)
  })

  it.each([
    ['origin: http://evil.test'],
    ['origin: null'],
    ['origin: http://localhost:3000'],
    ['origin: file://'],
    ['origin: http://127.0.0.1.evil.test'],
  ])('%s: forbidden', async (header) => {
    const admin = await startAdmin()
    const reply = await ask(admin, { headers: [right, header] })
    expect(reply.status).toBe(403)
  })

  it('a page of its own may call', async () => {
    const admin = await startAdmin()
    const headers = [right, `origin: ${admin.url}`, 'sec-fetch-site: same-origin']
    expect((await ask(admin, { headers })).status).toBe(200)
    const asked = { method: 'PUT', body: '{"user":"a","limit":1,"window":"day"}' }
    expect((await ask(admin, { ...asked, headers })).status).toBe(200)
    const cross = [right, 'sec-fetch-site: cross-site']
    expect((await ask(admin, { ...asked, headers: cross })).status).toBe(403)
  })

  it.each([
    ['two hosts', ['GET /api/v1/limits HTTP/1.1', 'host: localhost', 'host: evil.test']],
    ['no host', ['GET /api/v1/limits HTTP/1.1']],
    ['an absolute URL', ['GET http://127.0.0.1/api/v1/limits HTTP/1.1', 'host: localhost']],
    ['a host with a path', ['GET /api/v1/limits HTTP/1.1', 'host: localhost/x']],
    [
      'an encoded body',
      ['PUT /api/v1/limits HTTP/1.1', 'host: localhost', 'content-encoding: gzip'],
    ],
  ])('%s: refused', async (_what, lines) => {
    const admin = await startAdmin()
    const reply = await sendRaw(admin.url, `${[...lines, right].join('\r\n')}\r\n\r\n`)
    expect(reply.status).toBe(400)
    expect(codeIn(JSON.parse(reply.body))).toBe('invalid_request')
  })
})
