import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const tools = [
  {
    name: 'weather',
    input_schema: {
      type: 'object' as const,
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
]

describe('the Anthropic SDK', () => {
  let mock: Mock
  let client: Anthropic
  beforeAll(async () => {
    mock = await startMock()
    client = new Anthropic({ baseURL: mock.url, apiKey: 'sk-test', maxRetries: 0 })
  })
  afterAll(() => mock.close())

  const ask = (model: string, more: object = {}) => ({ model, messages, max_tokens: 500, ...more })

  it('gets a whole reply and the same as a stream', async () => {
    const whole = await client.messages.create(ask('mock-reason'))
    expect(whole.content.map((block) => block.type)).toEqual(['thinking', 'text'])
    expect(whole.stop_reason).toBe('end_turn')
    const streamed = await client.messages.stream(ask('mock-reason')).finalMessage()
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.usage.output_tokens).toBe(84)
    expect(streamed.usage.output_tokens_details?.thinking_tokens).toBe(24)
  })

  it('leaves cached tokens out of input_tokens', async () => {
    const { usage } = await client.messages.create(ask('m;input=100;cached=30;cache-write=20'))
    expect(usage).toMatchObject({
      input_tokens: 50,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 20,
    })
  })

  it('calls tools, also in a stream', async () => {
    const request = ask('mock-tools2', { tools })
    const whole = await client.messages.create(request)
    expect(whole.stop_reason).toBe('tool_use')
    expect(whole.content).toMatchObject([
      { type: 'tool_use', name: 'weather', input: { city: 'simulated' } },
      { type: 'tool_use', name: 'weather', input: { city: 'simulated' } },
    ])
    const streamed = await client.messages.stream(request).finalMessage()
    expect(streamed.content).toEqual(whole.content)
  })

  it('goes on from a prefill, or refuses it', async () => {
    const first = await client.messages.create(ask('m'))
    const [block] = first.content
    const text = block?.type === 'text' ? block.text : ''
    const prefilled = [...messages, { role: 'assistant' as const, content: text.slice(0, 50) }]
    const rest = await client.messages.create(ask('m', { messages: prefilled }))
    expect(rest.content[0]).toMatchObject({ text: text.slice(50) })
    const refused = client.messages.create(ask('m;fault=no-prefill', { messages: prefilled }))
    await expect(refused).rejects.toThrow(/prefill/)
    await expect(client.messages.create(ask('m;fault=no-prefill'))).resolves.toBeDefined()
  })

  it('counts tokens and lists models', async () => {
    const counted = await client.messages.countTokens({ model: 'm;input=42', messages })
    expect(counted.input_tokens).toBe(42)
    const models = await client.models.list()
    expect(models.data.map((model) => model.display_name)).toContain('mock-large')
  })

  it('turns errors into the errors the SDK knows', async () => {
    const call = (model: string) => client.messages.create(ask(model))
    await expect(call('m;status=401')).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
    await expect(call('m;status=429;retry-after=2')).rejects.toSatisfy(
      (error) =>
        error instanceof Anthropic.RateLimitError && error.headers?.get('retry-after') === '2',
    )
    await expect(call('m;status=529')).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'overloaded_error' } },
    })
    await expect(call('m;error=context-length')).rejects.toThrow(/prompt is too long/)
  })

  it('reports an error event in a stream', async () => {
    const stream = client.messages.stream(ask('m;fault=error-event@3;error=overloaded'))
    await expect(stream.finalMessage()).rejects.toThrow(/Overloaded/)
  })

  it('skips pings wherever they come', async () => {
    const plain = await client.messages.stream(ask('m')).finalText()
    expect(await client.messages.stream(ask('m;fault=comments')).finalText()).toBe(plain)
  })
})
