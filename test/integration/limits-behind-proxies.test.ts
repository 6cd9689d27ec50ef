import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'

const key = 'wb-behind-a-proxy'

const yaml = (server: string) => `
server: { listen: "127.0.0.1:0", ${server} }
providers: { demo: { simulated: { timeToFirstTokenMs: 0, tokensPerSecond: 100000 } } }
clients: { web: { key: "sha256:${createHash('sha256').update(key).digest('hex')}" } }
limits: { ip: [{ per: hour, requests: 2 }] }
`

async function asking(server: string) {
  const { url } = await startGateway(yaml(server))
  return async (headers: Readonly<Record<string, string>>) => {
    const reply = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify({ model: 'demo/any', messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    return [reply.status, await reply.text()] as const
  }
}

const one = '203.0.113.1'

it('counts by the address that a trusted proxy names', async () => {
  const ask = await asking('trustedProxies: [127.0.0.1]')
  expect((await ask({ 'x-forwarded-for': one }))[0]).toBe(200)
  expect((await ask({ 'x-forwarded-for': `198.51.100.1, ${one}` }))[0]).toBe(200)
  const [status, body] = await ask({ 'x-forwarded-for': `198.51.100.2, ${one}:5000` })
  expect(status).toBe(429)
  expect(body).toContain(one)
  expect((await ask({ 'x-forwarded-for': '203.0.113.2' }))[0]).toBe(200)
})

it('counts by the peer where nobody is trusted, whatever it claims', async () => {
  const ask = await asking('trustedProxies: []')
  expect((await ask({ 'x-forwarded-for': one }))[0]).toBe(200)
  expect((await ask({ forwarded: 'for=203.0.113.2' }))[0]).toBe(200)
  const [status, body] = await ask({ 'x-forwarded-for': '203.0.113.3' })
  expect(status).toBe(429)
  expect(body).toContain('127.0.0.1')
})
