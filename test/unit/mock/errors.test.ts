import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import { hello } from './raw-client.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

const paths = {
  openai: (model: string) => ['/v1/chat/completions', { model, messages: hello }] as const,
  responses: (model: string) => ['/v1/responses', { model, input: 'Hi' }] as const,
  anthropic: (model: string) =>
    ['/v1/messages', { model, max_tokens: 9, messages: hello }] as const,
  gemini: (model: string) => [`/v1beta/models/${model}:generateContent`, { contents: [] }] as const,
}
type Speaker = keyof typeof paths

async function call(speaker: Speaker, behaviour: string) {
  const [path, body] = paths[speaker](`m;${behaviour}`)
  const init = { method: 'POST', body: JSON.stringify(body), redirect: 'manual' as const }
  const reply = await fetch(mock.url + path, init)
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}

const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 503, 504, 529]

describe('error answers', () => {
  it.each(statuses)('%i has the body of each dialect', async (status) => {
    const openai = await call('openai', `status=${status}`)
    expect(openai.status).toBe(status)
    const { error } = JSON.parse(openai.text)
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
    expect(error.message).not.toBe('')
    expect((await call('responses', `status=${status}`)).text).toBe(openai.text)

    const anthropic = JSON.parse((await call('anthropic', `status=${status}`)).text)
    expect(anthropic).toMatchObject({ type: 'error', request_id: expect.stringMatching(/^req_/) })
    expect(anthropic.error.type).toMatch(/_error$|request_too_large/)

    const gemini = JSON.parse((await call('gemini', `status=${status}`)).text)
    expect(gemini.error).toMatchObject({ code: status, status: expect.stringMatching(/^[A-Z_]+$/) })
  })

  it('502 is the HTML page of a proxy', async () => {
    const reply = await call('openai', 'status=502')
    expect(reply.headers.get('content-type')).toBe('text/html')
    expect(reply.text).toContain('<title>502 Bad Gateway</title>')
  })

  it.each([
    ['content-filter', 'openai', 400, '"code":"content_filter"'],
    ['content-filter', 'anthropic', 400, 'Output blocked by content filtering policy'],
    ['context-length', 'openai', 400, '"code":"context_length_exceeded"'],
    ['context-length', 'anthropic', 400, 'prompt is too long'],
    ['quota', 'openai', 429, '"code":"insufficient_quota"'],
    ['quota', 'gemini', 429, 'google.rpc.QuotaFailure'],
    ['auth', 'gemini', 400, 'API_KEY_INVALID'],
    ['overloaded', 'openai', 503, '"code":"overloaded"'],
    ['overloaded', 'anthropic', 529, 'overloaded_error'],
  ] as const)('error=%s for %s', async (kind, speaker, status, said) => {
    const reply = await call(speaker, `error=${kind}`)
    expect(reply.status).toBe(status)
    expect(reply.text).toContain(said)
  })

  it('asks to wait in every way there is', async () => {
    const header = async (setting: string) =>
      (await call('openai', `status=429;retry-after=${setting}`)).headers.get('retry-after')
    expect(await header('2')).toBe('2')
    expect(await header('none')).toBeNull()
    expect(await header('garbage')).toBe('soon-ish')
    expect(Number(await header('years'))).toBeGreaterThan(3e8)
    const before = Date.now()
    const date = Date.parse((await header('date:30')) ?? '')
    // A date has whole seconds.
    expect(date).toBeGreaterThan(before + 29_000)
    expect(date).toBeLessThanOrEqual(Date.now() + 30_000)
  })

  it('redirects', async () => {
    const reply = await call('openai', 'status=307;location=http://127.0.0.1:9/x')
    expect(reply.status).toBe(307)
    expect(reply.headers.get('location')).toBe('http://127.0.0.1:9/x')
  })

  it('says 404 for a path it does not have and 400 for a body it cannot read', async () => {
    expect((await fetch(`${mock.url}/v1/nothing`)).status).toBe(404)
    const init = { method: 'POST', body: '{"model":' }
    expect((await fetch(`${mock.url}/v1/chat/completions`, init)).status).toBe(400)
  })

  it('says 400 for a behaviour it does not know, and refuses to start with one', async () => {
    const reply = await call('openai', 'fault=cut-fim')
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('cut-fin')
    await expect(startMock({ behaviour: 'ttft=soon' })).rejects.toThrow('milliseconds')
    await expect(startMock({ models: { m: 'fault=x' } })).rejects.toThrow('fault must be')
  })
})
