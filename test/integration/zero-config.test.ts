import { describe, expect, it } from 'vitest'
import { askChat, streamChat } from '../support/ask-chat.ts'
import { until } from '../support/gateway.ts'
import { recordsIn, runWaybill, startWaybillProcess } from '../support/waybill-process.ts'

const canary = 'sk-canary-0123456789abcdef'

/** The request that the banner shows, as a shell would send it. */
function shownRequest(banner: string): { url: string; body: string } {
  const url = /curl (\S+)/.exec(banner)?.[1]
  const body = /-d '(.*)'/.exec(banner)?.[1]
  if (url === undefined || body === undefined) throw new Error(`no request in ${banner}`)
  return { url, body }
}

const post = (url: string, body: string | object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('without a configuration and without keys', () => {
  it('a simulated provider serves, and says plainly that it is one', async () => {
    const waybill = await startWaybillProcess()
    await until(() => waybill.stderr().includes('A first request'))
    const banner = waybill.stderr()
    expect(banner).toContain(`Waybill is ready: ${waybill.url}`)
    expect(banner).toContain('simulated')
    expect(banner).toContain('OPENAI_API_KEY')
    expect(banner).toContain(`OpenAI clients     base URL ${waybill.url}/v1`)
    const { url, body } = shownRequest(banner)
    const reply = await post(url, body)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-waybill-target')).toMatch(/^demo\//)
    expect(await reply.text()).toMatch(/simulated/i)
  })

  it('it answers every dialect, whole and streamed', async () => {
    const waybill = await startWaybillProcess()
    const { url } = waybill
    const messages = [{ role: 'user', content: 'Hello!' }]
    const contents = [{ role: 'user', parts: [{ text: 'Hello!' }] }]
    const asks: [string, object][] = [
      ['/v1/chat/completions', { model: 'demo', messages }],
      ['/v1/messages', { model: 'demo', max_tokens: 50, messages }],
      ['/v1/responses', { model: 'demo', input: 'Hello!' }],
      ['/v1beta/models/demo:generateContent', { contents }],
      ['/v1/embeddings', { model: 'demo', input: 'Hello!' }],
      ['/v1/messages/count_tokens', { model: 'demo', messages }],
      ['/v1beta/models/demo:countTokens', { contents }],
    ]
    for (const [path, body] of asks) {
      const reply = await post(`${url}${path}`, body)
      expect({ path, status: reply.status }).toEqual({ path, status: 200 })
      expect(JSON.parse(await reply.text())).toBeTypeOf('object')
    }
    const streams: [string, object, string][] = [
      ['/v1/chat/completions', { model: 'demo', messages, stream: true }, '[DONE]'],
      ['/v1/messages', { model: 'demo', max_tokens: 50, messages, stream: true }, 'message_stop'],
      ['/v1/responses', { model: 'demo', input: 'Hello!', stream: true }, 'response.completed'],
      ['/v1beta/models/demo:streamGenerateContent?alt=sse', { contents }, '"STOP"'],
      ['/v1beta/models/demo:streamGenerateContent', { contents }, ']'],
    ]
    for (const [path, body, end] of streams) {
      const reply = await post(`${url}${path}`, body)
      expect({ path, status: reply.status }).toEqual({ path, status: 200 })
      expect(await reply.text()).toContain(end)
    }
    waybill.child.kill('SIGTERM')
    await waybill.exited()
    const records = recordsIn(waybill.directory)
    expect(records).toHaveLength(asks.length + streams.length)
    for (const record of records) expect(record).toMatchObject({ outcome: 'success', status: 200 })
  })

  it('it is listed, and nothing else', async () => {
    const waybill = await startWaybillProcess()
    const listed = JSON.parse(await (await fetch(`${waybill.url}/v1/models`)).text())
    expect(listed.data.map(({ id }: { id: string }) => id)).toEqual([
      'demo',
      'demo/small',
      'demo/large',
    ])
  })

  it('a key that SDKs insist on is no hindrance', async () => {
    const waybill = await startWaybillProcess()
    const headers = { authorization: 'Bearer not-needed' }
    expect((await askChat(waybill.url, 'demo', headers)).status).toBe(200)
    const stream = await streamChat(waybill.url, 'demo', headers)
    expect(await stream.whole()).toContain('[DONE]')
  })
})

describe('without a configuration and with keys', () => {
  const environment = {
    OPENAI_API_KEY: canary,
    ANTHROPIC_API_KEY: `${canary}-2`,
    GEMINI_API_KEY: `${canary}-3`,
  }

  it('their providers serve; the variables are named and their values never shown', async () => {
    const waybill = await startWaybillProcess({ environment })
    await until(() => waybill.stderr().includes('A first request'))
    const banner = waybill.stderr()
    for (const name of ['openai', 'anthropic', 'google']) expect(banner).toContain(name)
    for (const variable of Object.keys(environment)) expect(banner).toContain(variable)
    expect(banner).not.toContain('simulated')
    const health = await (await fetch(`${waybill.url}/health`)).text()
    const models = await (await fetch(`${waybill.url}/v1/models`)).text()
    expect(models).toContain('"openai/gpt-4o-mini"')
    expect(models).not.toContain('"demo"')
    await askChat(waybill.url, 'openai/x', { 'x-waybill-timeout-ms': '1' })
    waybill.child.kill('SIGTERM')
    await waybill.exited()
    for (const text of [waybill.stdout(), waybill.stderr(), health, models]) {
      expect(text).not.toContain('canary')
    }
    expect(JSON.stringify(recordsIn(waybill.directory))).not.toContain('canary')
  })

  it('the request to copy asks for a model that one of them has', async () => {
    const waybill = await startWaybillProcess({ environment: { ANTHROPIC_API_KEY: canary } })
    await until(() => waybill.stderr().includes('A first request'))
    expect(JSON.parse(shownRequest(waybill.stderr()).body)).toMatchObject({
      model: expect.stringMatching(/^anthropic\/claude-/),
    })
  })

  it('a key of Waybill itself is none', async () => {
    const waybill = await startWaybillProcess({ environment: { OPENAI_API_KEY: 'wb-1234' } })
    await until(() => waybill.stderr().includes('A first request'))
    expect(waybill.stderr()).toContain('simulated')
  })
})

describe('listening on every address, with clients', () => {
  it('the banner shows an address to send to, and says that others need a key', async () => {
    const yaml = `
providers: { demo: { simulated: {}, models: { small: {} } } }
clients: { web: { key: "sha256:${'a'.repeat(64)}" } }
`
    const waybill = await startWaybillProcess({ yaml, args: ['--listen', '0.0.0.0:0'] })
    await until(() => waybill.stderr().includes('A first request'))
    const banner = waybill.stderr()
    expect(waybill.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(banner).toContain(`listening on   0.0.0.0:${new URL(waybill.url).port}`)
    expect(banner).toContain('Bearer wb-')
    const { url, body } = shownRequest(banner)
    expect((await post(url, body)).status).toBe(200)
  })
})

it('beyond loopback it does not serve without client keys', async () => {
  const waybill = runWaybill(['start', '--listen', '0.0.0.0:0', '--data', ':memory:'])
  expect((await waybill.exited()).code).toBe(1)
  expect(waybill.stderr()).toMatch(/error/)
})
