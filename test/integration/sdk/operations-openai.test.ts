import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/core/request.ts'
import { providerIds, startRig } from '../../support/sdk/rig.ts'

const openAiAt = (url: string) =>
  new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'Hello' }]

describe('openai', () => {
  it.each(['chat', 'content'])('embeds at %s', async (provider) => {
    const rig = await startRig()
    const { data, usage } = await openAiAt(rig.gateway.url).embeddings.create({
      model: `${provider}/embedder`,
      input: ['harbour', 'harbour', 'quay'],
      dimensions: 8,
    })
    const [first, again, other] = data.map(({ embedding }) => embedding)
    expect(first).toHaveLength(8)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 4)
    expect(usage.prompt_tokens).toBe(usage.total_tokens)
    expect(await rig.record()).toMatchObject({ operation: 'embedding', outcome: 'success' })
  })

  it('embeds nothing where the target has no embeddings', async () => {
    const rig = await startRig()
    const sdk = new OpenAI({ apiKey: 'none', baseURL: `${rig.gateway.url}/v1`, maxRetries: 3 })
    const asked = sdk.embeddings.create({ model: 'messages/m', input: 'x' })
    await expect(asked).rejects.toMatchObject({ status: 503, code: 'no_target_available' })
    expect(rig.mock.log.requests()).toEqual([])
    expect(await rig.gateway.records()).toHaveLength(1)
  })

  it('completes text, whole and streamed', async () => {
    const rig = await startRig()
    const sdk = openAiAt(rig.gateway.url)
    const ask = { model: 'chat/instruct', prompt: 'Hello' }
    const whole = await sdk.completions.create(ask)
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop' })
    let text = ''
    for await (const chunk of await sdk.completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text).toBe(whole.choices[0]?.text)
    expect(await rig.record()).toMatchObject({ operation: 'completion', streaming: true })
    const elsewhere = sdk.completions.create({ ...ask, model: 'messages/m' })
    await expect(elsewhere).rejects.toMatchObject({ code: 'no_target_available' })
  })

  it.each(dialects)('counts the tokens of a Responses request for %s', async (dialect) => {
    const rig = await startRig()
    const counted = await openAiAt(rig.gateway.url).responses.inputTokens.count({
      model: `${providerIds[dialect]}/small;input=31`,
      input: 'Hello there',
    })
    expect(counted.object).toBe('response.input_tokens')
    if (dialect === 'openai-responses') expect(counted.input_tokens).toBe(31)
    else expect(counted.input_tokens).toBeGreaterThan(1)
  })

  it.each(dialects)(
    'streams raw chunks, and usage only when asked for, from %s',
    async (dialect) => {
      const rig = await startRig()
      const sdk = openAiAt(rig.gateway.url)
      const model = `${providerIds[dialect]}/small`
      for (const include_usage of [false, true]) {
        const more = include_usage ? { stream_options: { include_usage } } : {}
        const stream = await sdk.chat.completions.create({ model, messages, stream: true, ...more })
        const usages: unknown[] = []
        for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage)
        expect(usages).toHaveLength(include_usage ? 1 : 0)
        expect(await rig.record()).toMatchObject({
          usageEstimated: false,
          usage: { outputTokens: 60 },
        })
      }
    },
  )

  it.each(dialects)('runs tools to the end with its helper, at %s', async (dialect) => {
    const rig = await startRig()
    const asked: unknown[] = []
    const runner = openAiAt(rig.gateway.url).chat.completions.runTools({
      model: `${providerIds[dialect]}/tools2`,
      messages,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'The weather of a town.',
            parameters: {
              type: 'object',
              properties: { town: { type: 'string' } },
              required: ['town'],
            },
            parse: JSON.parse,
            function: (input: unknown) => {
              asked.push(input)
              return 'Rain'
            },
          },
        },
      ],
    })
    expect(await runner.finalContent()).toContain('The tool answered')
    expect(asked).toEqual([{ town: 'simulated' }, { town: 'simulated' }])
    expect(rig.mock.log.requests()).toHaveLength(2)
  })
})
