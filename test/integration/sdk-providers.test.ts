import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLanguageModels } from '../../src/adapters/language-models/language-models.ts'
import { collectReply } from '../../src/core/collect-reply.ts'
import type { Conversation } from '../../src/core/conversation.ts'
import type { Failure } from '../../src/core/failure.ts'
import { isObject, type JsonObject, parseJson } from '../../src/core/json.ts'
import type { ReplyEvent } from '../../src/core/reply.ts'
import { classifyFailure } from '../../src/dialects/openai/classify-failure.ts'
import type { LanguageModelCall, UpstreamExchange } from '../../src/gateway/ports.ts'
import { emptyConversation } from '../unit/language-models/fake-model.ts'

/** The real provider packages against a server that speaks each provider's own format. */

type Answer = (response: ServerResponse, asked: Asked) => void

interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: JsonObject
  readonly closed: Promise<void>
}

let address = ''
let answer: Answer = (response) => response.end()
let asked: Asked[] = []

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = parseJson(Buffer.concat(chunks).toString())
    const call = {
      path: request.url ?? '',
      headers: request.headers,
      body: isObject(body) ? body : {},
      closed: new Promise<void>((resolve) => response.on('close', resolve)),
    }
    asked.push(call)
    answer(response, call)
  })
})

beforeAll(async () => {
  // Keys of the machine the tests run on would be used in place of ours.
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined)
  vi.stubEnv('COHERE_API_KEY', undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port }: AddressInfo = boundTo(server.address())
  address = `http://127.0.0.1:${port}`
})

afterAll(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  asked = []
})

function boundTo(bound: AddressInfo | string | null): AddressInfo {
  if (bound === null || typeof bound === 'string') throw new Error('The server has no port.')
  return bound
}

const models = createLanguageModels({ classify: classifyFailure })

interface Heard {
  readonly events: ReplyEvent[]
  readonly warnings: string[]
  readonly failure: Failure | null
}

function hear(
  call: LanguageModelCall,
  watch: (event: ReplyEvent, exchange: UpstreamExchange) => void = () => undefined,
): Promise<Heard> {
  const events: ReplyEvent[] = []
  const warnings: string[] = []
  return new Promise((resolve) => {
    const exchange = models.start(call, {
      events(some) {
        events.push(...some)
        for (const event of some) watch(event, exchange)
      },
      warnings: (some) => warnings.push(...some),
      ended: () => resolve({ events, warnings, failure: null }),
      failed: (failure) => resolve({ events, warnings, failure }),
    })
  })
}

const replyOf = ({ events, failure }: Heard) => {
  expect(failure).toBeNull()
  return collectReply(events)
}

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

const sse =
  (events: readonly unknown[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
  }

const weather: Pick<Conversation, 'tools' | 'toolChoice'> = {
  tools: [
    {
      name: 'weather',
      description: 'The weather of a town',
      parameters: { type: 'object', properties: { town: { type: 'string' } } },
      strict: null,
    },
  ],
  toolChoice: { type: 'required' },
}

/** A frame of AWS event streams: lengths, checksum of both, headers, payload, checksum of all. */
function awsFrame(messageType: 'event' | 'exception', name: string, payload: JsonObject): Buffer {
  const kind = messageType === 'event' ? ':event-type' : ':exception-type'
  const headers = Buffer.concat([
    awsHeader(kind, name),
    awsHeader(':content-type', 'application/json'),
    awsHeader(':message-type', messageType),
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const checked = Buffer.concat([prelude, checksum(prelude), headers, body])
  return Buffer.concat([checked, checksum(checked)])
}

/** Type 7 is a string: name length (1 byte), name, type, value length (2 bytes), value. */
function awsHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ])
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}

type BedrockEvent = readonly [name: string, payload: JsonObject]

const bedrockStream =
  (events: readonly BedrockEvent[], exception?: BedrockEvent): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
    for (const [name, payload] of events) response.write(awsFrame('event', name, payload))
    if (exception !== undefined) response.write(awsFrame('exception', ...exception))
    response.end()
  }

describe('@ai-sdk/amazon-bedrock', () => {
  const call = (
    conversation: Partial<Conversation> = {},
    streaming = true,
    apiKey: string | null = null,
  ): LanguageModelCall => ({
    sdk: '@ai-sdk/amazon-bedrock',
    options: {
      region: 'us-east-1',
      baseURL: address,
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret-of-the-example',
    },
    apiKey,
    model: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
    conversation: { ...emptyConversation, ...conversation },
    streaming,
  })

  const thought: readonly BedrockEvent[] = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } }],
    [
      'contentBlockDelta',
      { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } },
    ],
    ['contentBlockStop', { contentBlockIndex: 0 }],
  ]
  const end: readonly BedrockEvent[] = [
    ['messageStop', { stopReason: 'end_turn' }],
    [
      'metadata',
      {
        usage: { inputTokens: 7, outputTokens: 5, totalTokens: 22, cacheReadInputTokens: 10 },
        metrics: { latencyMs: 9 },
      },
    ],
  ]
  const said = (text: string): readonly BedrockEvent[] => [
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { text } }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
  ]

  it('signs the request and streams reasoning with its signature, text and usage', async () => {
    answer = bedrockStream([...thought, ...said('Grüße'), ...end])
    const reply = replyOf(await hear(call()))
    expect(reply).toMatchObject({
      model: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
      parts: [
        { type: 'reasoning', text: 'Hm.', redacted: false },
        { type: 'text', text: 'Grüße' },
      ],
      finish: 'stop',
      usage: { inputTokens: 17, cachedInputTokens: 10, outputTokens: 5 },
    })
    expect(asked[0]?.path).toContain('/converse-stream')
    expect(asked[0]?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request/,
    )
  })

  it('gives the signature back in the next turn, and cache marks as cache points', async () => {
    answer = bedrockStream([...thought, ...said('ok'), ...end])
    const { events } = await hear(call())
    const signed = events.find((event) => event.type === 'reasoning-end')
    await hear(
      call({
        messages: [
          {
            role: 'system',
            content: [{ type: 'text', text: 'Be brief.', cache: { type: 'ephemeral' } }],
            developer: false,
          },
          ...emptyConversation.messages,
          {
            role: 'assistant',
            content: [
              {
                type: 'reasoning',
                text: 'Hm.',
                signature: signed?.signature ?? null,
                redacted: false,
              },
              { type: 'text', text: 'ok' },
            ],
          },
          { role: 'user', content: [{ type: 'text', text: 'And?' }] },
        ],
      }),
    )
    expect(asked[1]?.body['system']).toEqual([
      { text: 'Be brief.' },
      { cachePoint: { type: 'default' } },
    ])
    expect(asked[1]?.body['messages']).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
          { text: 'ok' },
        ],
      },
      { role: 'user' },
    ])
  })

  it('streams tool calls and takes tool results with images', async () => {
    const started = { toolUse: { toolUseId: 't1', name: 'weather' } }
    answer = bedrockStream([
      ['contentBlockStart', { contentBlockIndex: 0, start: started }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"town"' } } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: ':"Ulm"}' } } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['messageStop', { stopReason: 'tool_use' }],
    ])
    const image = {
      type: 'file',
      mediaType: 'image/png',
      source: { kind: 'base64', data: 'iVBORw0KGgo=' },
      filename: null,
    } as const
    const reply = replyOf(
      await hear(
        call({
          ...weather,
          messages: [
            ...emptyConversation.messages,
            {
              role: 'assistant',
              content: [{ type: 'tool-call', id: 't0', name: 'weather', input: '{"town":"Bonn"}' }],
            },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  callId: 't0',
                  name: '',
                  content: [{ type: 'text', text: 'see' }, image],
                  isError: false,
                },
              ],
            },
          ],
        }),
      ),
    )
    expect(reply).toMatchObject({
      parts: [{ type: 'tool-call', id: 't1', name: 'weather', input: '{"town":"Ulm"}' }],
      finish: 'tool-calls',
      usage: null,
    })
    expect(asked[0]?.body['messages']).toMatchObject([
      {},
      { content: [{ toolUse: { toolUseId: 't0', input: { town: 'Bonn' } } }] },
      {
        content: [
          {
            toolResult: {
              toolUseId: 't0',
              content: [{ text: 'see' }, { image: { source: { bytes: 'iVBORw0KGgo=' } } }],
            },
          },
        ],
      },
    ])
  })

  it('reads a whole reply, with a bearer key instead of a signature', async () => {
    answer = json({
      output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { delta: { stop_sequence: 'END' } },
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    })
    const reply = replyOf(await hear(call({ stopSequences: ['END'] }, false, 'bedrock-key')))
    expect(reply).toMatchObject({
      parts: [{ type: 'text', text: 'Hello' }],
      finish: 'stop',
      stopSequence: 'END',
      usage: { inputTokens: 3, outputTokens: 2 },
    })
    expect(asked[0]?.headers['authorization']).toBe('Bearer bedrock-key')
  })

  it('never takes a cut stream for an end', async () => {
    answer = bedrockStream([...thought, ...said('half')])
    expect((await hear(call())).failure?.class).toBe('truncated')

    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
      response.end(awsFrame('event', ...(thought[1] ?? ['', {}])).subarray(0, 40))
    }
    expect((await hear(call())).failure?.class).toBe('truncated')

    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
      response.write(awsFrame('event', ...(thought[1] ?? ['', {}])))
      setTimeout(() => response.destroy(), 20)
    }
    expect((await hear(call())).failure?.class).toBe('truncated')
  })

  it('reads exceptions in the stream', async () => {
    answer = bedrockStream(thought, ['throttlingException', { message: 'Too many requests' }])
    expect((await hear(call())).failure).toMatchObject({
      class: 'provider_rate_limited',
      upstreamStatus: 429,
    })
    answer = bedrockStream(thought, ['internalServerException', { message: 'Oh' }])
    expect((await hear(call())).failure?.class).toBe('server_error')
  })

  it.each([
    [429, 'Too many tokens, please wait before trying again.', 'provider_rate_limited'],
    [400, 'Input is too long for requested model.', 'context_length_exceeded'],
    [400, 'The provided model identifier is invalid.', 'model_not_found'],
    [403, 'The security token included in the request is invalid.', 'provider_auth'],
    [503, 'Bedrock is unable to process your request.', 'overloaded'],
  ])('reads status %i: %s', async (status, message, expected) => {
    answer = json({ message }, status)
    for (const streaming of [true, false]) {
      const { failure } = await hear(call({}, streaming))
      expect(failure).toMatchObject({ class: expected, upstreamStatus: status })
    }
  })

  it('asks for an image in base64 when it is given by address', async () => {
    const image = {
      type: 'file',
      mediaType: 'image/png',
      source: { kind: 'url', url: 'https://a.example/x.png' },
      filename: null,
    } as const
    const { failure } = await hear(call({ messages: [{ role: 'user', content: [image] }] }))
    expect(failure).toMatchObject({ class: 'invalid_request', retry: 'other' })
    expect(asked).toEqual([])
  })
})

describe('@ai-sdk/amazon-bedrock/anthropic', () => {
  it('is found under its path in the package, and signs thoughts as Anthropic does', async () => {
    answer = json({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Hello' },
      ],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 4 },
    })
    const heard = await hear({
      sdk: '@ai-sdk/amazon-bedrock/anthropic',
      options: { region: 'us-east-1', baseURL: address },
      apiKey: 'bedrock-key',
      model: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
      conversation: emptyConversation,
      streaming: false,
    })
    expect(replyOf(heard)).toMatchObject({
      parts: [
        { type: 'reasoning', text: 'Hm.', signature: { dialect: 'openai' } },
        { type: 'text', text: 'Hello' },
      ],
      usage: { inputTokens: 7, cachedInputTokens: 4, outputTokens: 2 },
    })
    expect(asked[0]?.path).toContain('/invoke')
  })
})

describe('@ai-sdk/mistral', () => {
  const call = (conversation: Partial<Conversation> = {}, streaming = true): LanguageModelCall => ({
    sdk: '@ai-sdk/mistral',
    options: { baseURL: address },
    apiKey: 'mistral-key',
    model: 'mistral-small-latest',
    conversation: { ...emptyConversation, ...conversation },
    streaming,
  })
  const chunk = (delta: JsonObject, finish: string | null = null, more: JsonObject = {}) => ({
    id: 'm1',
    created: 1_700_000_000,
    model: 'mistral-small-latest',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  })
  const usage = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 }

  it('streams text and usage and tells what it does not support', async () => {
    answer = sse([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Bon' }),
      chunk({ content: 'jour' }),
      chunk({ content: '' }, 'stop', { usage }),
    ])
    const heard = await hear(call({ topK: 4, temperature: 0.5 }))
    expect(replyOf(heard)).toMatchObject({
      id: 'm1',
      model: 'mistral-small-latest',
      parts: [{ type: 'text', text: 'Bonjour' }],
      finish: 'stop',
      usage: { inputTokens: 4, outputTokens: 6 },
    })
    expect(heard.warnings).toEqual(['@ai-sdk/mistral does not support topK.'])
    expect(asked[0]?.headers['authorization']).toBe('Bearer mistral-key')
    expect(asked[0]?.body).toMatchObject({ temperature: 0.5, stream: true })
  })

  it('streams parallel tool calls', async () => {
    const toolCall = (index: number, town: string) => ({
      index,
      id: `c${index}`,
      function: { name: 'weather', arguments: JSON.stringify({ town }) },
    })
    answer = sse([
      chunk({
        role: 'assistant',
        content: '',
        tool_calls: [toolCall(0, 'Ulm'), toolCall(1, 'Bonn')],
      }),
      chunk({ content: '' }, 'tool_calls', { usage }),
    ])
    expect(replyOf(await hear(call(weather)))).toMatchObject({
      parts: [
        { type: 'tool-call', id: 'c0', name: 'weather', input: '{"town":"Ulm"}' },
        { type: 'tool-call', id: 'c1', name: 'weather', input: '{"town":"Bonn"}' },
      ],
      finish: 'tool-calls',
    })
    expect(asked[0]?.body).toMatchObject({ tool_choice: 'any' })
  })

  it('reads a whole reply', async () => {
    answer = json({
      id: 'm2',
      object: 'chat.completion',
      model: 'mistral-small-latest',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Salut' }, finish_reason: 'length' },
      ],
      usage,
    })
    expect(replyOf(await hear(call({}, false)))).toMatchObject({
      id: 'm2',
      parts: [{ type: 'text', text: 'Salut' }],
      finish: 'length',
    })
  })

  it('fails when the stream is cut, broken or not of its format', async () => {
    answer = sse([chunk({ content: 'Bon' })])
    expect((await hear(call())).failure?.class).toBe('truncated')
    answer = sse([chunk({ content: 'Bon' }), { choices: [] }])
    expect((await hear(call())).failure?.class).toBe('malformed_reply')
    answer = json({ choices: 'none' })
    expect((await hear(call({}, false))).failure?.class).toBe('malformed_reply')
  })

  it('reads how long to wait', async () => {
    answer = json({ object: 'error', message: 'Requests rate limit exceeded' }, 429, {
      'retry-after': '7',
    })
    expect((await hear(call())).failure).toMatchObject({
      class: 'provider_rate_limited',
      retryAfterMs: 7000,
    })
  })

  it('cannot reach what is not there', async () => {
    const nowhere = { ...call(), options: { baseURL: 'http://127.0.0.1:1' } }
    expect((await hear(nowhere)).failure).toMatchObject({ class: 'unreachable', retry: 'same' })
  })

  it('closes the connection at abort and says nothing more', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify(chunk({ content: 'Bon' }))}\n\n`)
    }
    let after = 0
    void hear(call(), (event, exchange) => {
      if (event.type === 'text-delta') exchange.abort()
      else if (event.type === 'text-end') after++
    }).then(() => after++)
    await expect.poll(() => asked.length).toBe(1)
    await asked[0]?.closed
    expect(after).toBe(0)
  })

  it('stops reading while paused, so that the provider has to wait', async () => {
    const piece = `data: ${JSON.stringify(chunk({ content: 'x'.repeat(10_000) }))}\n\n`
    let written = 0
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const pour = () => {
        while (written < 4_000) {
          written++
          if (!response.write(piece)) {
            response.once('drain', pour)
            return
          }
        }
        response.end(`data: ${JSON.stringify(chunk({ content: '' }, 'stop', { usage }))}\n\n`)
      }
      pour()
    }
    let paused: UpstreamExchange | null = null
    const heard = hear(call(), (event, exchange) => {
      if (event.type !== 'text-delta' || paused !== null) return
      paused = exchange
      exchange.pause()
      setTimeout(() => exchange.resume(), 500)
      setTimeout(() => expect(written).toBeLessThan(3_000), 400)
    })
    const reply = replyOf(await heard)
    expect(reply).toMatchObject({ finish: 'stop' })
    expect('parts' in reply && reply.parts[0]).toHaveProperty('text.length', 40_000_000)
  })
})

describe('@ai-sdk/cohere', () => {
  const call = (conversation: Partial<Conversation> = {}, streaming = true): LanguageModelCall => ({
    sdk: '@ai-sdk/cohere',
    options: { baseURL: address },
    apiKey: 'cohere-key',
    model: 'command-a-03-2025',
    conversation: { ...emptyConversation, ...conversation },
    streaming,
  })
  const usage = { tokens: { input_tokens: 8, output_tokens: 3 }, cached_tokens: 2 }
  const block = (index: number, type: 'text' | 'thinking', text: string) => [
    { type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } },
    { type: 'content-delta', index, delta: { message: { content: { [type]: text } } } },
    { type: 'content-end', index },
  ]
  const end = (finish: string) => ({ type: 'message-end', delta: { finish_reason: finish, usage } })
  const start = { type: 'message-start', id: 'co1' }

  it('streams thinking, text and usage', async () => {
    answer = sse([
      start,
      ...block(0, 'thinking', 'Hm.'),
      ...block(1, 'text', 'Hi'),
      end('COMPLETE'),
    ])
    expect(replyOf(await hear(call()))).toMatchObject({
      id: 'co1',
      parts: [
        { type: 'reasoning', text: 'Hm.', signature: null },
        { type: 'text', text: 'Hi' },
      ],
      finish: 'stop',
      usage: { inputTokens: 8, outputTokens: 3 },
    })
  })

  it('streams a tool call once, though the package repeats its input in other words', async () => {
    const call0 = { id: 't1', type: 'function', function: { name: 'weather', arguments: '' } }
    const piece = (text: string) => ({
      type: 'tool-call-delta',
      index: 0,
      delta: { message: { tool_calls: { function: { arguments: text } } } },
    })
    answer = sse([
      start,
      { type: 'tool-call-start', index: 0, delta: { message: { tool_calls: call0 } } },
      piece('{\n  "town":'),
      piece(' "Ulm"\n}'),
      { type: 'tool-call-end', index: 0 },
      end('TOOL_CALL'),
    ])
    expect(replyOf(await hear(call(weather)))).toMatchObject({
      parts: [{ type: 'tool-call', id: 't1', name: 'weather', input: '{\n  "town": "Ulm"\n}' }],
      finish: 'tool-calls',
    })
    expect(asked[0]?.body).toMatchObject({ tool_choice: 'REQUIRED' })
  })

  it('reads a whole reply', async () => {
    answer = json({
      generation_id: 'g1',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      finish_reason: 'MAX_TOKENS',
      usage,
    })
    expect(replyOf(await hear(call({}, false)))).toMatchObject({
      id: 'g1',
      parts: [{ type: 'text', text: 'Hi' }],
      finish: 'length',
    })
  })

  it('never takes a cut stream for an end', async () => {
    answer = sse([start, ...block(0, 'text', 'half')])
    expect((await hear(call())).failure?.class).toBe('truncated')
  })

  it('reads a wrong key and a request that is too long', async () => {
    answer = json({ message: 'invalid api token' }, 401)
    expect((await hear(call())).failure?.class).toBe('provider_auth')
    answer = json({ message: 'too many tokens: total number of tokens exceeds 132096' }, 400)
    expect((await hear(call())).failure?.class).toBe('context_length_exceeded')
  })

  it('asks for a key when there is none', async () => {
    const { failure } = await hear({ ...call(), apiKey: null })
    expect(failure?.class).toBe('provider_auth')
    expect(failure?.message).toContain('COHERE_API_KEY')
  })
})
