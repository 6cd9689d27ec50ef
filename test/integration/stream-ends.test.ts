import { createServer, type Server } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startGateway } from '../support/gateway.ts'

/** A provider that writes pieces of a stream, a pause before each, and then ends it or leaves it open. */
async function startPausing(pieces: readonly string[], pauseMs: number, ends = true) {
  const server = createServer(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) {
      response.write(piece)
      await after(pauseMs)
    }
    if (ends) response.end()
  })
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const ask = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'm', stream: true, input: 'hi', messages: [] }),
}
const refused = [
  'event: response.created\ndata: {"type":"response.created","response":{"id":"r"}}\n\n',
  'event: error\ndata: {"type":"error","error":{"code":"insufficient_quota","message":"spent"}}\n\n',
  'event: response.failed\ndata: {"type":"response.failed","response":{"id":"r","error":{"code":"insufficient_quota","message":"spent"}}}\n\n',
]
const hello = 'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'
const done = 'data: [DONE]\n\n'

function configured(url: string, dialect: string, more = '') {
  return startGateway(
    `providers:
  up: { dialect: ${dialect}, baseUrl: "${url}" }
  demo: { simulated: { timeToFirstTokenMs: 0, tokensPerSecond: 10000 } }
models: { m: { targets: [up/m${more}] } }
`,
  )
}

describe('a stream that fails before it says anything', () => {
  it('reaches a client of its dialect as it is, both events of it', async () => {
    const gateway = await configured(await startPausing(refused, 5), 'openai-responses')
    const reply = await fetch(`${gateway.url}/v1/responses`, ask)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    expect(await reply.text()).toBe(refused.join(''))
    expect(await gateway.lastRecord()).toMatchObject({
      outcome: 'failure',
      failureClass: 'provider_quota_exhausted',
      status: 200,
    })
  })

  it('is not seen where another target answers', async () => {
    const url = await startPausing(refused, 5)
    const gateway = await configured(url, 'openai-responses', ', demo/small')
    const reply = await fetch(`${gateway.url}/v1/responses`, ask)
    expect(await reply.text()).not.toContain('insufficient_quota')
    expect(await gateway.lastRecord()).toMatchObject({ outcome: 'success', target: 'demo/small' })
  })
})

describe('a stream that goes on after its end', () => {
  it('is passed on whole', async () => {
    const pieces = [hello, done, ': more\n\n', hello, done]
    const gateway = await configured(await startPausing(pieces, 8), 'openai')
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask)
    expect(await reply.text()).toBe(pieces.join(''))
  })

  it('does not keep the client waiting when the provider does not close', async () => {
    const gateway = await configured(await startPausing([hello, done], 0, false), 'openai')
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask)
    expect(await reply.text()).toBe(hello + done)
    expect(await gateway.lastRecord()).toMatchObject({ outcome: 'success' })
  })
})

describe('a stream under the wrong content type', () => {
  it('is read as what it is', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(hello + done)
    })
    const gateway = await configured(await listening(server), 'openai')
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask)
    expect([reply.status, await reply.text()]).toEqual([200, hello + done])
  })
})
