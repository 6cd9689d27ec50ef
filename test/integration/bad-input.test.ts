import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { maxJsonDepth, scanObject } from '../../src/dialects/scan-json.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import { startGateway } from '../support/gateway.ts'
import { httpRequest, sendRaw } from '../support/raw-http.ts'

const ok = JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'hi' }] })

async function rig(extra = '') {
  const upstream = await startCountingUpstream()
  const gateway = await startGateway(
    `providers:\n  up: { dialect: [openai, anthropic, gemini, openai-responses], baseUrl: "${upstream.url}/v1" }\n${extra}`,
  )
  return { upstream, gateway }
}

describe('bodies that are refused before any provider is called', () => {
  const bodies: [string, string, RegExp][] = [
    ['nothing', '', /empty/],
    ['text', 'hello', /JSON object/],
    ['an array', '[]', /JSON object/],
    ['a cut body', ok.slice(0, -5), /too early/],
    ['no model', '{"messages":[]}', /"model"/],
    ['a number for a model', '{"model":5,"messages":[]}', /"model"/],
    ['an empty model', '{"model":"","messages":[]}', /"model"/],
    ['two models', '{"model":"up/m","model":"up/n","messages":[]}', /duplicate key "model"/],
    [
      'deep nesting',
      `{"model":"up/m","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      /deeper/,
    ],
    ['a trailing comma', '{"model":"up/m",}', /double quotes/],
    ['a control character', '{"model":"up/m","a":"\u0001"}', /control character/],
  ]
  const paths: [string, (body: Record<string, unknown>) => unknown][] = [
    ['/v1/chat/completions', (body) => body['error']],
    ['/v1/messages', (body) => body['error']],
    ['/v1/responses', (body) => body['error']],
  ]

  it.each(paths)('%s answers each with a clear error of its dialect', async (path, errorOf) => {
    const { upstream, gateway } = await rig()
    for (const [name, body, message] of bodies) {
      const reply = await sendRaw(gateway.url, httpRequest(path, body))
      expect({ name, status: reply.status }).toEqual({ name, status: 400 })
      const parsed: Record<string, unknown> = JSON.parse(reply.body)
      expect(errorOf(parsed)).toMatchObject({ message: expect.stringMatching(message) })
      if (path === '/v1/messages') expect(parsed['type']).toBe('error')
    }
    expect(upstream.seen).toEqual([])
    expect((await sendRaw(gateway.url, httpRequest('/v1/chat/completions', ok))).status).toBe(200)
  })

  it('Gemini errors have Gemini shape', async () => {
    const { gateway } = await rig()
    const reply = await sendRaw(
      gateway.url,
      httpRequest('/v1beta/models/up%2Fm:generateContent', '{"contents":'),
    )
    expect(JSON.parse(reply.body)).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringMatching(/too early/) },
    })
  })

  it('invalid UTF-8 is refused', async () => {
    const { upstream, gateway } = await rig()
    const body = Buffer.concat([
      Buffer.from('{"model":"up/m","a":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ])
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('UTF-8')
    expect(upstream.seen).toEqual([])
  })

  it('a body beyond the limit is refused, announced or not', async () => {
    const { upstream, gateway } = await rig('server: { listen: "127.0.0.1:0", bodyLimit: 10kb }\n')
    const large = JSON.stringify({ model: 'up/m', messages: [], pad: 'x'.repeat(20_000) })
    expect((await sendRaw(gateway.url, httpRequest('/v1/chat/completions', large))).status).toBe(
      413,
    )
    const chunked = [
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n',
      `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    ]
    expect((await sendRaw(gateway.url, chunked)).status).toBe(413)
    expect(upstream.seen).toEqual([])
  })

  it('2 MB of nesting are given up at the depth limit, not read to the end', async () => {
    const { gateway } = await rig()
    const nested = `{"model":"up/m","messages":${'[{"a":'.repeat(350_000)}`
    const reply = await sendRaw(gateway.url, httpRequest('/v1/chat/completions', nested))
    expect(reply.status).toBe(400)
    // Each byte the scan looks at holds the event loop: they are counted, as no clock is as exact.
    let looks = 0
    const counted = new Proxy(Buffer.from(nested), {
      get(bytes, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks++
        const value: unknown = Reflect.get(bytes, key, bytes)
        return typeof value === 'function' ? value.bind(bytes) : value
      },
    })
    expect(scanObject(counted).ok).toBe(false)
    expect(looks).toBeGreaterThan(maxJsonDepth)
    expect(looks).toBeLessThan(100 * maxJsonDepth)
  })
})

describe('requests that another hop could read another way', () => {
  const head = 'POST /v1/chat/completions HTTP/1.1\r\n'
  const rest = `content-type: application/json\r\ncontent-length: ${ok.length}\r\n\r\n${ok}`
  const cases: [string, string, number][] = [
    ['two Host headers', `${head}host: a\r\nhost: b\r\n${rest}`, 400],
    ['no Host', `${head}${rest}`, 400],
    ['a Host with a path', `${head}host: a/b\r\n${rest}`, 400],
    [
      'an absolute URL',
      `POST http://evil.test/v1/chat/completions HTTP/1.1\r\nhost: a\r\n${rest}`,
      400,
    ],
    ['both lengths', `${head}host: a\r\ntransfer-encoding: chunked\r\n${rest}`, 400],
    ['two lengths', `${head}host: a\r\ncontent-length: 1\r\n${rest}`, 400],
    ['a negative length', `${head}host: a\r\ncontent-length: -1\r\n\r\n`, 400],
    ['a line feed in a header', `${head}host: a\r\nx: a\nb\r\n${rest}`, 400],
    ['an encoded body', `${head}host: a\r\ncontent-encoding: gzip\r\n${rest}`, 400],
    ['a header flood', `${head}host: a\r\n${'x: 1\r\n'.repeat(300)}${rest}`, 400],
    ['headers beyond 16 KiB', `${head}host: a\r\nx: ${'y'.repeat(20_000)}\r\n${rest}`, 431],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    [
      'chunks in HTTP/1.0',
      `POST /v1/chat/completions HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
  ]

  it.each(cases)('%s', async (_name, text, status) => {
    const { upstream, gateway } = await rig()
    expect((await sendRaw(gateway.url, text)).status).toBe(status)
    expect(upstream.seen).toEqual([])
    expect((await sendRaw(gateway.url, httpRequest('/v1/chat/completions', ok))).status).toBe(200)
  })

  it('a header called __proto__ does nothing', async () => {
    const { upstream, gateway } = await rig()
    const text = httpRequest('/v1/chat/completions', ok, ['__proto__: polluted', 'constructor: x'])
    expect((await sendRaw(gateway.url, text)).status).toBe(200)
    expect(upstream.seen).toHaveLength(1)
    expect('polluted' in {}).toBe(false)
  })

  it('a WebSocket upgrade is told to use HTTP', async () => {
    const { gateway } = await rig()
    const text =
      'GET /v1/responses HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n\r\n'
    expect((await sendRaw(gateway.url, text)).status).toBe(426)
  })
})

describe('paths and methods', () => {
  const cases: [string, string, number][] = [
    ['GET', '/v1/chat/completions', 405],
    ['DELETE', '/v1/models', 405],
    ['POST', '/v1/nothing', 404],
    ['POST', '//v1/chat/completions', 404],
    ['POST', '/v1/chat/completions/', 404],
    ['POST', '/V1/chat/completions', 404],
    ['POST', '/v1/%63hat/completions', 404],
    ['GET', '/v1/models/%ff', 404],
    ['GET', '/health', 200],
    ['GET', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/metrics', 200],
    ['HEAD', '/', 200],
    ['GET', '/v1/models', 200],
  ]

  it.each(cases)('%s %s → %i', async (method, path, status) => {
    const { upstream, gateway } = await rig()
    const reply = await sendRaw(
      gateway.url,
      `${method} ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    )
    const local = path.startsWith('/v1/models') && method === 'GET'
    // Without a key the models are shown to this machine only, and the Host says it is another.
    expect(reply.status).toBe(local && status === 200 ? 403 : status)
    expect(upstream.seen).toEqual([])
  })
})

describe('who may call', () => {
  const key = 'wb-test-key-0123456789abcdef'
  const hash = createHash('sha256').update(key).digest('hex')
  const clients = `clients: { web: { policy: narrow, key: "sha256:${hash}" } }\npolicies: { narrow: { allow: ["up/m"] } }\n`
  const call = (
    url: string,
    headers: Record<string, string>,
    path = '/v1/chat/completions',
    body = ok,
  ) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })

  it('takes a key in any of its four places, and never passes it on', async () => {
    const { upstream, gateway } = await rig(clients)
    const replies = [
      await call(gateway.url, { authorization: `Bearer ${key}` }),
      await call(gateway.url, { 'x-api-key': key }),
      await call(gateway.url, { 'x-goog-api-key': key }),
      await call(gateway.url, {}, `/v1/chat/completions?key=${key}`),
    ]
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(replies[0]?.headers.get('x-waybill-policy')).toBe('narrow')
    expect(JSON.stringify(upstream.seen)).not.toContain(key)
    expect(gateway.logText()).not.toContain(key)
    expect(JSON.stringify(await gateway.records())).not.toContain(key)
  })

  it('refuses an unknown key, also from this machine', async () => {
    const { upstream, gateway } = await rig(clients)
    const reply = await call(gateway.url, { authorization: 'Bearer wb-wrong' })
    expect(reply.status).toBe(401)
    expect(await reply.text()).not.toContain('wb-wrong')
    expect(upstream.seen).toEqual([])
  })

  it('holds a client to its policy', async () => {
    const { upstream, gateway } = await rig(clients)
    const other = ok.replace('up/m', 'up/other')
    const reply = await call(gateway.url, { 'x-api-key': key }, '/v1/chat/completions', other)
    expect(reply.status).toBe(403)
    expect(upstream.seen).toEqual([])
  })

  it('does not serve a web page of another origin without a key', async () => {
    const { upstream, gateway } = await rig()
    expect((await call(gateway.url, { origin: 'https://evil.test' })).status).toBe(403)
    expect((await call(gateway.url, { origin: 'http://localhost:3000' })).status).toBe(200)
    const rebound = httpRequest('/v1/chat/completions', ok).replace(
      'host: 127.0.0.1',
      'host: evil.test',
    )
    expect((await sendRaw(gateway.url, rebound)).status).toBe(403)
    expect(upstream.seen).toHaveLength(1)
  })
})

describe('strangers', () => {
  it('are turned away before their body is read, and leave no record', async () => {
    const key = createHash('sha256').update('wb-known').digest('hex')
    const { upstream, gateway } = await rig(
      `clients: { web: { policy: default, key: "sha256:${key}" } }\n`,
    )
    // Announces a megabyte and sends a byte: only a gateway that does not wait for it can answer.
    const reply = await sendRaw(
      gateway.url,
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer wb-wrong\r\ncontent-length: 1000000\r\n\r\n{',
    )
    expect(reply.status).toBe(401)
    expect(reply.headers['connection']).toBe('close')
    expect(await gateway.records()).toEqual([])
    expect(upstream.seen).toEqual([])
  })

  it('that ask for an upgrade and reset the connection do not end the process', async () => {
    const { gateway } = await rig()
    const { hostname, port } = new URL(gateway.url)
    const upgrade =
      'GET /v1/responses HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const socket = connect({ host: hostname, port: Number(port) }, () => {
          socket.write(upgrade)
          socket.resetAndDestroy()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
      })
    }
    expect((await sendRaw(gateway.url, httpRequest('/v1/chat/completions', ok))).status).toBe(200)
  })
})
