import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { startRig } from '../../support/sdk/rig.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]

/** SDKs as people use them: they ask again by themselves what they take for passing trouble. */
const patient: readonly [string, (url: string, model: string) => Promise<unknown>][] = [
  [
    'openai chat',
    (url, model) =>
      new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 3 }).chat.completions.create({
        model,
        messages,
      }),
  ],
  [
    'openai responses',
    (url, model) =>
      new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 3 }).responses.create({
        model,
        input: 'Hello',
      }),
  ],
  [
    'anthropic',
    (url, model) =>
      new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 3 }).messages.create({
        model,
        max_tokens: 100,
        messages,
      }),
  ],
]

describe.each(patient)('%s', (_, ask) => {
  it.each([
    'chat/small;status=500',
    'responses/small;status=503',
    'messages/small;error=overloaded',
    'content/small;status=429',
  ])('does not repeat what the gateway has tried: %s', async (model) => {
    const rig = await startRig()
    const error: unknown = await ask(rig.gateway.url, model).catch((problem) => problem)
    expect(error).toMatchObject({ status: expect.any(Number) })
    const records = await rig.gateway.records()
    expect(records).toHaveLength(1)
    expect(rig.mock.log.requests()).toHaveLength(records[0]?.attempts.length ?? 0)
  })
})
