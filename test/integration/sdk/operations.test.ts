import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import {
  embed,
  embedMany,
  generateText,
  jsonSchema,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/core/request.ts'
import { providerIds, startRig } from '../../support/sdk/rig.ts'

const anthropicAt = (url: string) => new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0 })
const geminiAt = (url: string) => new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } })
const messages = [{ role: 'user' as const, content: 'Hello' }]

describe('anthropic', () => {
  it.each(dialects)('counts tokens for %s', async (dialect) => {
    const rig = await startRig()
    const counted = await anthropicAt(rig.gateway.url).messages.countTokens({
      model: `${providerIds[dialect]}/small;input=31`,
      messages,
    })
    if (dialect === 'anthropic') expect(counted.input_tokens).toBe(31)
    else expect(counted.input_tokens).toBeGreaterThan(1)
    expect((await rig.record()).warnings).toHaveLength(dialect === 'anthropic' ? 0 : 1)
  })

  it.each(dialects)(
    'streams raw events in the order its clients need, from %s',
    async (dialect) => {
      const rig = await startRig()
      const model = `${providerIds[dialect]}/reason`
      const stream = await anthropicAt(rig.gateway.url).messages.create({
        model,
        max_tokens: 2_000,
        messages,
        stream: true,
      })
      const types: string[] = []
      for await (const event of stream) {
        const type = 'index' in event ? `${event.type} ${event.index}` : event.type
        if (types.at(-1) !== type) types.push(type)
      }
      expect(types.filter((type) => type !== 'ping')).toEqual([
        'message_start',
        ...[0, 1].flatMap((index) => [
          `content_block_start ${index}`,
          `content_block_delta ${index}`,
          `content_block_stop ${index}`,
        ]),
        'message_delta',
        'message_stop',
      ])
    },
  )
})

describe('google genai', () => {
  it.each(dialects)('counts tokens for %s', async (dialect) => {
    const rig = await startRig()
    const counted = await geminiAt(rig.gateway.url).models.countTokens({
      model: `${providerIds[dialect]}/small;input=31`,
      contents: 'Hello',
    })
    if (dialect === 'gemini') expect(counted.totalTokens).toBe(31)
    else expect(counted.totalTokens).toBeGreaterThan(1)
  })

  it.each(['content', 'chat'])('embeds at %s', async (provider) => {
    const rig = await startRig()
    const sdk = geminiAt(rig.gateway.url)
    const config = { outputDimensionality: 4 }
    const model = `${provider}/embedder`
    const several = await sdk.models.embedContent({ model, contents: ['one', 'two'], config })
    expect(several.embeddings?.map(({ values }) => values?.length)).toEqual([4, 4])
    const single = await sdk.models.embedContent({ model, contents: 'one', config })
    const [first] = several.embeddings ?? []
    single.embeddings?.[0]?.values?.forEach((value, index) => {
      expect(value).toBeCloseTo(first?.values?.[index] ?? 0, 5)
    })
    expect(single.embeddings).toHaveLength(1)
  })

  it.each(dialects)('keeps a chat with %s', async (dialect) => {
    const rig = await startRig()
    const chat = geminiAt(rig.gateway.url).chats.create({
      model: `${providerIds[dialect]}/reason`,
      config: { systemInstruction: 'Be brief.' },
    })
    const first = await chat.sendMessage({ message: 'One' })
    expect(first.candidates?.[0]?.finishReason).toBe('STOP')
    let text = ''
    for await (const chunk of await chat.sendMessageStream({ message: 'Two' })) {
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
        if (!part.thought) text += part.text ?? ''
      }
    }
    expect(text).toContain('You said: Two Messages: 4')
    const received = rig.received(dialect)
    expect(received.system).toBe('Be brief.')
    expect(received.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(chat.getHistory().length).toBeGreaterThanOrEqual(4)
  })
})

describe('ai sdk', () => {
  const providerAt = (url: string) =>
    createOpenAICompatible({
      name: 'waybill',
      baseURL: `${url}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })

  it.each(['chat', 'content'])('embeds at %s', async (provider) => {
    const rig = await startRig()
    const model = providerAt(rig.gateway.url).embeddingModel(`${provider}/embedder`)
    const one = await embed({ model, value: 'harbour', maxRetries: 0 })
    const many = await embedMany({ model, values: ['harbour', 'quay'], maxRetries: 0 })
    expect(many.embeddings).toHaveLength(2)
    one.embedding.forEach((value, index) => {
      expect(value).toBeCloseTo(many.embeddings[0]?.[index] ?? 0, 5)
    })
  })

  it.each(dialects)('runs tools over several steps at %s', async (dialect) => {
    const rig = await startRig()
    const model = providerAt(rig.gateway.url)(`${providerIds[dialect]}/reason-tools2`)
    const asked: unknown[] = []
    const weather = tool({
      description: 'The weather of a town.',
      inputSchema: jsonSchema({
        type: 'object',
        properties: { town: { type: 'string' } },
        required: ['town'],
      }),
      execute: (input) => {
        asked.push(input)
        return 'Rain'
      },
    })
    const settings = {
      model,
      tools: { weather },
      stopWhen: stepCountIs(3),
      prompt: 'Hello',
      maxRetries: 0,
    }
    const whole = await generateText(settings)
    expect(whole.steps).toHaveLength(2)
    expect(whole.text).toContain('The tool answered')
    const streamed = streamText(settings)
    expect(await streamed.text).toBe(whole.text)
    expect(asked).toEqual(Array(4).fill({ town: 'simulated' }))
  })

  it.each(dialects)('gives an object, whole and in parts, from %s', async (dialect) => {
    const rig = await startRig()
    const settings = {
      model: providerAt(rig.gateway.url)(`${providerIds[dialect]}/small`),
      prompt: 'Hello',
      maxRetries: 0,
      output: Output.object({
        schema: jsonSchema<{ name: string; size: number }>({
          type: 'object',
          properties: { name: { type: 'string' }, size: { type: 'integer' } },
          required: ['name', 'size'],
          additionalProperties: false,
        }),
      }),
    }
    const { output } = await generateText(settings)
    expect(output).toEqual({ name: 'simulated', size: 1 })
    const parts: unknown[] = []
    for await (const part of streamText(settings).partialOutputStream) parts.push(part)
    expect(parts.at(-1)).toEqual(output)
    expect(parts.length).toBeGreaterThan(1)
  })
})
