import { createServer, type IncomingMessage, type Server } from 'node:http'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterEach, describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../../../src/core/reply.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { context, parsed } from './fixtures.ts'

interface Seen {
  readonly url: string
  readonly body: JsonObject
}

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  let text = ''
  for await (const piece of request) text += piece
  return JSON.parse(text)
}

/** A client of Google's SDK at a server that answers each request with the next of `answers`. */
async function clientOf(...answers: { status?: number; type: string; wire: readonly string[] }[]) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    seen.push({ url: request.url ?? '', body: await bodyOf(request) })
    const answer = answers[seen.length - 1]
    response.writeHead(answer?.status ?? 200, { 'content-type': answer?.type ?? 'text/plain' })
    for (const piece of answer?.wire ?? []) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const baseUrl = `http://127.0.0.1:${port}`
  return { client: new GoogleGenAI({ apiKey: 'wb-test', httpOptions: { baseUrl } }), seen }
}

const usage = {
  inputTokens: 20,
  cachedInputTokens: 5,
  cacheWriteTokens: 0,
  outputTokens: 12,
  reasoningTokens: 4,
}
const sealed = { dialect: 'anthropic', value: 'opaque+/=é', id: null } as const
const events: ReplyEvent[] = [
  { type: 'reply-start', id: 'msg_1', model: 'claude' },
  { type: 'reasoning-start', block: 0 },
  { type: 'reasoning-delta', block: 0, text: 'I should ' },
  { type: 'reasoning-delta', block: 0, text: 'add.' },
  { type: 'reasoning-end', block: 0, signature: sealed, redacted: false },
  { type: 'text-start', block: 1 },
  { type: 'text-delta', block: 1, text: 'Adding é' },
  { type: 'text-delta', block: 1, text: '😀\n\n.' },
  { type: 'text-end', block: 1, signature: null },
  { type: 'tool-call-start', block: 2, id: 'toolu_1', name: 'add' },
  { type: 'tool-call-delta', block: 2, input: '{"a":' },
  { type: 'tool-call-delta', block: 2, input: '1}' },
  { type: 'tool-call-end', block: 2, signature: null },
  { type: 'usage', usage },
  { type: 'reply-end', finish: 'tool-calls', stopSequence: null },
]

function wireOf(value: readonly ReplyEvent[]): string[] {
  const writer = gemini.streamWriter(context())
  return value.map((event) => writer.write(event))
}

const sse = (wire: readonly string[]) => ({ type: 'text/event-stream', wire })

describe('@google/genai', () => {
  it('reads our stream', async () => {
    const { client, seen } = await clientOf(sse(wireOf(events)))
    const stream = await client.models.generateContentStream({ model: 'fast', contents: 'Add' })
    let text = ''
    let thought = ''
    const calls: unknown[] = []
    let last: unknown
    for await (const chunk of stream) {
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
        if (part.thought === true) thought += part.text ?? ''
        else text += part.text ?? ''
      }
      calls.push(...(chunk.functionCalls ?? []))
      last = chunk
    }
    expect(text).toBe('Adding é😀\n\n.')
    expect(thought).toBe('I should add.')
    expect(calls).toEqual([{ id: 'toolu_1', name: 'add', args: { a: 1 } }])
    expect(last).toMatchObject({
      responseId: 'msg_1',
      modelVersion: 'fast',
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 8, thoughtsTokenCount: 4 },
    })
    expect(seen[0]?.url).toBe('/v1beta/models/fast:streamGenerateContent?alt=sse')
    expect(parsed(seen[0]?.body ?? {}).value.messages).toMatchObject([{ role: 'user' }])
  })

  it('keeps the turn in its chat, and gives signatures and ids back', async () => {
    const { client, seen } = await clientOf(sse(wireOf(events)), sse(wireOf(events)))
    const chat = client.chats.create({ model: 'fast' })
    for await (const _ of await chat.sendMessageStream({ message: 'Add' }));
    const functionResponse = { id: 'toolu_1', name: 'add', response: { output: '2' } }
    for await (const _ of await chat.sendMessageStream({ message: [{ functionResponse }] }));
    const { messages } = parsed(seen[1]?.body ?? {}).value
    expect(messages).toMatchObject([
      { role: 'user', content: [{ text: 'Add' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'I should add.', signature: sealed },
          { type: 'text', text: 'Adding é😀\n\n.' },
          { type: 'tool-call', id: 'toolu_1', input: '{"a":1}' },
        ],
      },
      { role: 'tool', content: [{ callId: 'toolu_1', content: [{ text: '2' }] }] },
    ])
  })

  it('throws the error in a stream', async () => {
    const error = failure('truncated', 'The provider ended the stream.')
    const broken = [...wireOf(events.slice(0, 3)), gemini.writeStreamError(error, 'wb_1', 'sse')]
    const { client } = await clientOf(sse(broken))
    const stream = await client.models.generateContentStream({ model: 'fast', contents: 'Add' })
    const read = async () => {
      for await (const _ of stream);
    }
    await expect(read()).rejects.toThrow(ApiError)
  })

  it('reads whole replies, token counts, embeddings and errors', async () => {
    const json = (body: unknown, status = 200) => ({
      status,
      type: 'application/json',
      wire: [JSON.stringify(body)],
    })
    const reply: Reply = {
      id: 'r',
      model: null,
      parts: [{ type: 'text', text: 'Hi', signature: null, citations: [] }],
      finish: 'stop',
      stopSequence: null,
      usage,
    }
    const asked = { inputs: ['a', 'b'], dimensions: null, encoding: 'float' } as const
    const vectors = [[1, 2], [3]]
    const requestBody = { requests: [] }
    const limited = failure('rate_limited', 'Slow down.', { retryAfterMs: 1000 })
    const { client, seen } = await clientOf(
      json(gemini.writeReply(reply, context())),
      json(gemini.writeTokenCount?.(7)),
      json(gemini.embeddings?.writeReply({ vectors, usage }, asked, context({ requestBody }))),
      json(gemini.writeError(limited, 'wb_1'), 429),
    )
    const said = await client.models.generateContent({ model: 'fast', contents: 'Hi' })
    expect(said.text).toBe('Hi')
    const counted = await client.models.countTokens({ model: 'fast', contents: 'Hi' })
    expect(counted.totalTokens).toBe(7)
    const embedded = await client.models.embedContent({ model: 'e', contents: ['a', 'b'] })
    expect(embedded.embeddings?.map(({ values }) => values)).toEqual(vectors)
    expect(gemini.embeddings?.parseRequest(seen[2]?.body ?? {})).toMatchObject({
      value: { value: { inputs: ['a', 'b'] } },
    })
    const call = client.models.generateContent({ model: 'fast', contents: 'Hi' })
    await expect(call).rejects.toMatchObject({ name: 'ApiError', status: 429 })
    const paths = gemini.endpoints.map(({ path }) => path.split(':')[1])
    for (const { url } of seen) expect(paths).toContain(url.split(':')[1]?.split('?')[0])
  })
})
