import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } },
        required: ['city', 'days'],
      },
    },
  },
]
const messages = [{ role: 'user' as const, content: 'Hello there' }]

describe('the OpenAI SDK', () => {
  let mock: Mock
  let client: OpenAI
  beforeAll(async () => {
    mock = await startMock()
    client = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: 'sk-test', maxRetries: 0 })
  })
  afterAll(() => mock.close())

  it('gets a whole reply and the same text as a stream', async () => {
    const whole = await client.chat.completions.create({ model: 'mock-small', messages })
    expect(whole.choices[0]?.finish_reason).toBe('stop')
    expect(whole.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 60 })
    const stream = client.chat.completions.stream({
      model: 'mock-small',
      messages,
      stream_options: { include_usage: true },
    })
    const streamed = await stream.finalChatCompletion()
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
    expect(streamed.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 60 })
  })

  it('sends usage in a stream only when it is asked for', async () => {
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true })
    for await (const chunk of stream) {
      expect(chunk.usage ?? null).toBeNull()
      expect(chunk.choices).toHaveLength(1)
    }
  })

  it('calls tools, also several at once and in a stream', async () => {
    const request = { model: 'mock-tools2', messages, tools }
    const whole = await client.chat.completions.create(request)
    const calls = whole.choices[0]?.message.tool_calls ?? []
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    expect(calls.map((call) => call.type === 'function' && call.function.arguments)).toEqual([
      '{"city":"simulated","days":3}',
      '{"city":"simulated","days":3}',
    ])
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject(
      calls.map(({ id, type }) => ({ id, type })),
    )
  })

  it('calls a tool that the message speaks of, and none when it may not', async () => {
    const asking = [{ role: 'user' as const, content: 'What is the weather?' }]
    const finish = async (more: { tool_choice?: 'none' | 'required' }) => {
      const request = { model: 'm', messages: more.tool_choice ? messages : asking, tools, ...more }
      return (await client.chat.completions.create(request)).choices[0]?.finish_reason
    }
    expect(await finish({})).toBe('tool_calls')
    expect(await finish({ tool_choice: 'none' })).toBe('stop')
    expect(await finish({ tool_choice: 'required' })).toBe('tool_calls')
  })

  it('answers a JSON schema with an instance of it', async () => {
    const reply = await client.chat.completions.parse({
      model: 'm',
      messages,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'place',
          strict: true,
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, tags: { type: 'array', items: { enum: [4] } } },
            required: ['name', 'tags'],
          },
        },
      },
    })
    expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual({
      name: 'simulated',
      tags: [4],
    })
  })

  it('gives as many choices as asked for, each its own', async () => {
    const request = { model: 'm', messages, n: 3 }
    const whole = await client.chat.completions.create(request)
    const texts = whole.choices.map((choice) => choice.message.content)
    expect(new Set(texts).size).toBe(3)
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices.map((choice) => choice.message.content)).toEqual(texts)
  })

  it('counts cached and reasoning tokens for models named so', async () => {
    const cached = await client.chat.completions.create({
      model: 'mock-cached-reason;input=1000;reasoning=9',
      messages,
    })
    expect(cached.usage).toMatchObject({
      prompt_tokens: 1000,
      completion_tokens: 69,
      prompt_tokens_details: { cached_tokens: 500 },
      completion_tokens_details: { reasoning_tokens: 9 },
    })
  })

  it('refuses where the model name says so', async () => {
    const reply = await client.chat.completions.create({ model: 'mock-refuse', messages })
    expect(reply.choices[0]?.message.refusal).toContain('simulated refusal')
    expect(reply.choices[0]?.message.content).toBeNull()
  })

  it('speaks Responses: text, tools, reasoning, stream', async () => {
    const whole = await client.responses.create({ model: 'mock-reason', input: 'Hi' })
    expect(whole.output.map((item) => item.type)).toEqual(['reasoning', 'message'])
    expect(whole.output_text).toMatch(/^This is a simulated reply/)
    const stream = client.responses.stream({ model: 'mock-reason', input: 'Hi' })
    const seen: number[] = []
    stream.on('event', (event) => seen.push(event.sequence_number))
    const streamed = await stream.finalResponse()
    expect(streamed.output_text).toBe(whole.output_text)
    expect(seen).toEqual(seen.map((_, index) => index))
    const calling = client.responses.stream({
      model: 'mock-tools2',
      input: 'Hi',
      tools: [{ type: 'function', name: 'now', parameters: { type: 'object' }, strict: false }],
    })
    const called = await calling.finalResponse()
    expect(called.output.map((item) => item.type)).toEqual(['function_call', 'function_call'])
    expect(called.usage?.output_tokens).toBe(18)
  })

  it('ends a Responses reply that is too long as incomplete', async () => {
    const stream = client.responses.stream({ model: 'm', input: 'Hi', max_output_tokens: 5 })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types.at(-1)).toBe('response.incomplete')
  })

  it('embeds, equal texts alike', async () => {
    const { data, usage } = await client.embeddings.create({
      model: 'mock-embed',
      input: ['harbour', 'harbour', 'quay'],
      dimensions: 8,
    })
    const [first, again, other] = data.map((one) => one.embedding)
    expect(first).toHaveLength(8)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5)
    expect(usage.total_tokens).toBe(5)
  })

  it('serves the rest of the API', async () => {
    const completion = await client.completions.create({ model: 'm', prompt: 'Hi' })
    expect(completion.choices[0]?.text).toContain('You said: Hi')
    const image = await client.images.generate({ model: 'm', prompt: 'a boat' })
    expect(image.data?.[0]?.b64_json).toMatch(/^iVBOR/)
    const speech = await client.audio.speech.create({ model: 'm', input: 'Hi', voice: 'alloy' })
    expect((await speech.arrayBuffer()).byteLength).toBe(834)
    const file = new File([new Uint8Array([1, 2, 3])], 'a.mp3')
    const heard = await client.audio.transcriptions.create({ model: 'm;ttft=1', file })
    expect(heard.text).toContain('simulated')
    const judged = await client.moderations.create({ model: 'm', input: ['fine', 'flag me'] })
    expect(judged.results.map((result) => result.flagged)).toEqual([false, true])
    const listed = await client.models.list()
    expect(listed.data.map((model) => model.id)).toContain('mock-small')
    expect((await client.models.retrieve('any')).id).toBe('any')
  })

  it('turns errors into the errors the SDK knows', async () => {
    const call = (model: string) => client.chat.completions.create({ model, messages })
    await expect(call('m;status=401')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    await expect(call('m;status=429')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    await expect(call('m;error=not-found')).rejects.toMatchObject({ code: 'model_not_found' })
    await expect(call('m;error=context-length')).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
    await expect(call('m;error=quota')).rejects.toMatchObject({ code: 'insufficient_quota' })
  })

  it('retries what failed once, as the SDK does', async () => {
    const patient = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: 'sk-test', maxRetries: 1 })
    mock.log.clear()
    await patient.chat.completions.create({
      model: 'm;status=500;times=1;key=once;retry-after=0',
      messages,
    })
    expect(mock.log.ended().map((entry) => entry.status)).toEqual([500, 200])
  })

  it('reports an error event in a stream', async () => {
    const stream = await client.chat.completions.create({
      model: 'm;fault=error-event@3',
      messages,
      stream: true,
    })
    let chunks = 0
    const read = async () => {
      for await (const _ of stream) chunks++
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
    expect(chunks).toBe(4)
  })
})

describe('rerank', () => {
  it('puts the document that shares words with the query first', async () => {
    const mock = await startMock()
    const documents = ['nothing of note', 'ships in the harbour', { text: 'the harbour' }]
    const reply = await fetch(`${mock.url}/v1/rerank`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', query: 'harbour ships', documents, top_n: 2 }),
    })
    const { results } = JSON.parse(await reply.text())
    expect(results.map((result: { index: number }) => result.index)).toEqual([1, 2])
    await mock.close()
  })
})
