import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'

const functionDeclarations = [
  {
    name: 'weather',
    parametersJsonSchema: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
]

describe('the Gemini SDK', () => {
  let mock: Mock
  let client: GoogleGenAI
  beforeAll(async () => {
    mock = await startMock()
    client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: mock.url } })
  })
  afterAll(() => mock.close())

  it('gets a whole reply and the same text as a stream', async () => {
    const whole = await client.models.generateContent({ model: 'mock-small', contents: 'Hello' })
    expect(whole.text).toMatch(/You said: Hello/)
    expect(whole.candidates?.[0]?.finishReason).toBe('STOP')
    const stream = await client.models.generateContentStream({
      model: 'mock-small',
      contents: 'Hello',
    })
    let text = ''
    let tokens: number | undefined
    for await (const chunk of stream) {
      text += chunk.text ?? ''
      tokens = chunk.usageMetadata?.candidatesTokenCount
    }
    expect(text).toBe(whole.text)
    expect(tokens).toBe(60)
  })

  it('keeps thoughts apart, in parts and in usage', async () => {
    const reply = await client.models.generateContent({ model: 'mock-reason', contents: 'Hello' })
    const parts = reply.candidates?.[0]?.content?.parts ?? []
    expect(parts.map((part) => part.thought ?? false)).toEqual([true, false])
    expect(parts[1]?.thoughtSignature).toBeDefined()
    expect(reply.usageMetadata).toMatchObject({ candidatesTokenCount: 60, thoughtsTokenCount: 24 })
  })

  it('calls tools and answers a schema', async () => {
    const called = await client.models.generateContent({
      model: 'm',
      contents: 'Hello',
      config: {
        tools: [{ functionDeclarations }],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    })
    expect(called.functionCalls).toMatchObject([{ name: 'weather', args: { city: 'simulated' } }])
    const shaped = await client.models.generateContent({
      model: 'm',
      contents: 'Hello',
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { n: { type: 'integer' } } },
      },
    })
    expect(JSON.parse(shaped.text ?? '')).toEqual({ n: 1 })
  })

  it('embeds, counts and lists', async () => {
    const embedded = await client.models.embedContent({
      model: 'm',
      contents: ['one', 'two'],
      config: { outputDimensionality: 4 },
    })
    expect(embedded.embeddings?.map(({ values }) => values?.length)).toEqual([4, 4])
    const counted = await client.models.countTokens({ model: 'm;input=9', contents: 'Hello' })
    expect(counted.totalTokens).toBe(9)
    const [first] = (await client.models.list()).page
    expect(first?.name).toBe('models/mock-small')
  })

  it('turns errors into errors of the SDK', async () => {
    const call = (model: string) => client.models.generateContent({ model, contents: 'Hello' })
    await expect(call('m;status=429;retry-after=3')).rejects.toSatisfy(
      (error) =>
        error instanceof ApiError &&
        error.status === 429 &&
        error.message.includes('RESOURCE_EXHAUSTED') &&
        error.message.includes('"retryDelay":"3s"'),
    )
    await expect(call('m;error=context-length')).rejects.toThrow(/exceeds the maximum number/)
  })

  it('blocks a prompt the way Gemini does: status 200 and no candidates', async () => {
    const reply = await client.models.generateContent({
      model: 'm;error=content-filter',
      contents: 'Hello',
    })
    expect(reply.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT')
    expect(reply.candidates).toBeUndefined()
  })
})
