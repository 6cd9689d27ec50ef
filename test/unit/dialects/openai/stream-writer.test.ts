import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { ReplyEvent } from '../../../../src/core/reply.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const usage = {
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  outputTokens: 5,
  reasoningTokens: 2,
}

const events: ReplyEvent[] = [
  { type: 'reply-start', id: 'chatcmpl-1', model: 'm' },
  { type: 'reasoning-start', block: 0 },
  { type: 'reasoning-delta', block: 0, text: 'Hm' },
  { type: 'reasoning-delta', block: 0, text: 'm' },
  {
    type: 'reasoning-end',
    block: 0,
    signature: { dialect: 'anthropic', value: 'sig', id: null },
    redacted: false,
  },
  { type: 'text-start', block: 1 },
  { type: 'text-delta', block: 1, text: 'Hello ' },
  { type: 'text-delta', block: 1, text: 'there' },
  { type: 'citation', block: 1, url: 'https://x.example', title: 'X' },
  { type: 'text-end', block: 1, signature: null },
  { type: 'tool-call-start', block: 2, id: 'call_a', name: 'f' },
  { type: 'tool-call-delta', block: 2, input: '{"x"' },
  { type: 'tool-call-delta', block: 2, input: ':1}' },
  {
    type: 'tool-call-end',
    block: 2,
    signature: { dialect: 'gemini', value: 'thought', id: null },
  },
  { type: 'tool-call-start', block: 3, id: 'call_b', name: 'g' },
  { type: 'tool-call-delta', block: 3, input: '{}' },
  { type: 'tool-call-end', block: 3, signature: null },
  { type: 'usage', usage },
  { type: 'reply-end', finish: 'tool-calls', stopSequence: null },
]

function write(given: readonly ReplyEvent[], requestBody: JsonObject = {}, includeUsage = true) {
  const writer = openai.streamWriter({
    id: 'wb_1',
    model: 'fast',
    createdS: 1_790_000_000,
    includeUsage,
    framing: 'sse',
    requestBody,
  })
  return given.map((event) => writer.write(event)).join('')
}

const chunks = (wire: string): JsonObject[] =>
  wire
    .split('\n\n')
    .filter((block) => block.startsWith('data: {'))
    .map((block) => JSON.parse(block.slice(6)))

const deltas = (wire: string) =>
  chunks(wire).map((chunk) => {
    const [choice] = Array.isArray(chunk['choices']) ? chunk['choices'] : []
    return typeof choice === 'object' && choice !== null && 'delta' in choice && choice.delta
  })

describe('streamWriter', () => {
  it('writes chunks with one id, the role first and [DONE] last', () => {
    const wire = write(events)
    const all = chunks(wire)
    expect(new Set(all.map((chunk) => chunk['id']))).toEqual(new Set(['chatcmpl-1']))
    expect(all.every((chunk) => chunk['object'] === 'chat.completion.chunk')).toBe(true)
    expect(all.every((chunk) => chunk['model'] === 'fast')).toBe(true)
    expect(deltas(wire)[0]).toEqual({ role: 'assistant', content: '' })
    expect(wire.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('tells usage in a chunk of its own, only when asked', () => {
    expect(chunks(write(events)).at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    })
    expect(write(events, {}, false)).not.toContain('"usage"')
  })

  it('is understood by the official SDK', async () => {
    const client = new OpenAI({
      apiKey: 'x',
      baseURL: 'http://gateway.test/v1',
      fetch: async () =>
        new Response(write(events), { headers: { 'content-type': 'text/event-stream' } }),
    })
    const stream = client.chat.completions.stream({
      model: 'fast',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    const completion = await stream.finalChatCompletion()
    const [choice] = completion.choices
    expect(choice?.message.content).toBe('Hello there')
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(
      choice?.message.tool_calls?.map((call) => call.type === 'function' && call.function),
    ).toMatchObject([
      { name: 'f', arguments: '{"x":1}' },
      { name: 'g', arguments: '{}' },
    ])
    expect(completion.usage?.total_tokens).toBe(15)
  })

  it('puts signatures where they are found again', () => {
    const wire = write(events)
    expect(deltas(wire)).toContainEqual({
      reasoning_details: [
        expect.objectContaining({ signature: 'wb1:anthropic::sig', text: 'Hmm', index: 0 }),
      ],
    })
    expect(deltas(wire)).toContainEqual({
      tool_calls: [
        {
          index: 0,
          function: { arguments: '' },
          extra_content: { google: { thought_signature: 'thought' } },
        },
      ],
    })
  })

  it('shows a call that comes at once in one chunk, its signature beside its name', () => {
    const signature = { dialect: 'gemini' as const, value: 'thought', id: null }
    const wire = write([
      { type: 'tool-call-start', block: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', block: 0, input: '{}' },
      { type: 'tool-call-end', block: 0, signature },
    ])
    expect(deltas(wire).slice(1)).toEqual([
      {
        tool_calls: [
          {
            index: 0,
            id: 'a',
            type: 'function',
            function: { name: 'f', arguments: '{}' },
            extra_content: { google: { thought_signature: 'thought' } },
          },
        ],
      },
    ])
  })

  it('gives reasoning back whole to SDKs that keep the last of what they do not know', () => {
    const message: JsonObject = {}
    for (const delta of deltas(write(events))) Object.assign(message, delta)
    const parsed = openai.parseRequest({
      model: 'm',
      messages: [{ role: 'assistant', content: 'x', ...message, tool_calls: [] }],
    })
    expect(parsed.ok && parsed.value.value.messages[0]?.content[0]).toEqual({
      type: 'reasoning',
      text: 'Hmm',
      signature: { dialect: 'anthropic', value: 'sig', id: null },
      redacted: false,
    })
  })

  it('marks links by the text so far', () => {
    expect(JSON.stringify(deltas(write(events)))).toContain('"start_index":0,"end_index":11')
  })

  it('writes custom tools as free text and legacy functions as the one call', () => {
    const calling: ReplyEvent[] = [
      { type: 'tool-call-start', block: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', block: 0, input: '{"input":"l' },
      { type: 'tool-call-delta', block: 0, input: 's"}' },
      { type: 'tool-call-end', block: 0, signature: null },
      { type: 'reply-end', finish: 'tool-calls', stopSequence: null },
    ]
    const tools = [{ type: 'custom', custom: { name: 'f' } }]
    expect(deltas(write(calling, { tools })).slice(1, 2)).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'f', input: 'ls' } }] },
    ])
    const legacy = write(calling, { functions: [{ name: 'f' }] })
    expect(deltas(legacy).slice(1, 4)).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"input":"l' } },
      { function_call: { arguments: 's"}' } },
    ])
    expect(legacy).toContain('"finish_reason":"function_call"')
  })

  it('shows files, refusals and errors', () => {
    const wire = write([
      { type: 'file', block: 0, mediaType: 'image/png', base64: 'AA' },
      { type: 'refusal-delta', block: 1, text: 'No.' },
      { type: 'untranslated', what: 'search' },
    ])
    expect(deltas(wire).slice(1)).toMatchObject([
      { images: [{ image_url: { url: 'data:image/png;base64,AA' } }] },
      { refusal: 'No.' },
    ])
    const broken = write([{ type: 'reply-error', failure: failure('timeout', 'Too slow.') }])
    expect(broken).toContain('"code":"timeout"')
    expect(broken).not.toContain('[DONE]')
  })
})
