import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { isObject } from '../../../src/core/json.ts'
import { startMock } from '../../../src/mock/start-mock.ts'
import { startGateway } from '../../support/gateway.ts'

const key = 'wb-key-of-a-test-0123456789'
const messages = [{ role: 'user' as const, content: 'Hello' }]

/** Each SDK sends its key in a header of its own. */
const sdks: readonly [string, (url: string, apiKey: string, model: string) => Promise<unknown>][] =
  [
    [
      'openai',
      (url, apiKey, model) =>
        new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 }).chat.completions.create({
          model,
          messages,
        }),
    ],
    [
      'anthropic',
      (url, apiKey, model) =>
        new Anthropic({ apiKey, baseURL: url, maxRetries: 0 }).messages.create({
          model,
          messages,
          max_tokens: 100,
        }),
    ],
    [
      'anthropic with a token',
      (url, authToken, model) =>
        new Anthropic({ apiKey: null, authToken, baseURL: url, maxRetries: 0 }).messages.create({
          model,
          messages,
          max_tokens: 100,
        }),
    ],
    [
      'google genai',
      (url, apiKey, model) =>
        new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } }).models.generateContent({
          model,
          contents: 'Hello',
        }),
    ],
  ]

async function startWithClients() {
  const mock = await startMock()
  const hash = createHash('sha256').update(key).digest('hex')
  const gateway = await startGateway(`
providers:
  up:
    dialect: [openai, anthropic, gemini]
    baseUrl: "${mock.url}/v1"
    apiKey: key-of-the-provider
clients: { app: { policy: narrow, key: "sha256:${hash}" } }
policies: { narrow: { allow: ["up/small"] } }
`)
  return { mock, gateway }
}

describe.each(sdks)('%s', (_, ask) => {
  it('is let in with its key, which goes no further', async () => {
    const { mock, gateway } = await startWithClients()
    await ask(gateway.url, key, 'up/small')
    expect(await gateway.lastRecord()).toMatchObject({ client: 'app', policy: 'narrow' })
    const [request] = mock.log.requests()
    const credentials = Object.keys(request?.headers ?? {}).filter((name) =>
      /^(authorization|x-api-key|x-goog-api-key)$/.test(name),
    )
    expect(credentials).toEqual(['authorization'])
    expect(JSON.stringify(await gateway.records()) + gateway.logText()).not.toContain(key)
    await mock.close()
  })

  it.each([
    ['another key', 'wb-another', 'up/small', 401],
    ['a model of no policy of its', key, 'up/large', 403],
  ])('is refused with %s', async (__, apiKey, model, status) => {
    const { mock, gateway } = await startWithClients()
    const error: unknown = await ask(gateway.url, apiKey, model).catch((problem) => problem)
    expect(isObject(error) && error['status']).toBe(status)
    expect(mock.log.requests()).toEqual([])
    await mock.close()
  })
})
