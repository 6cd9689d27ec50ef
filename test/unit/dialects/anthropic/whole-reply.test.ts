import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import type { Reply } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import type { Members } from '../../../../src/dialects/dialect.ts'

const context = {
  id: 'wb_1',
  model: 'fast',
  createdS: 0,
  includeUsage: false,
  framing: 'sse',
  requestBody: {},
} as const

const members = (body: JsonObject): Members => ({
  has: (name) => name in body,
  get: (name) => body[name],
})

describe('a whole reply of Anthropic', () => {
  it('that is an error in spite of its status is one', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(anthropic.readReply(error)).toMatchObject([
      { type: 'reply-error', failure: { class: 'overloaded' } },
    ])
    expect(anthropic.inspectReply('chat', members(error)).failure?.class).toBe('overloaded')
  })

  it.each<JsonValue>([null, 5, 'Hi', [], {}, { id: 'msg_1' }])('that is %j is none', (body) => {
    expect(anthropic.readReply(body)).toMatchObject([
      { type: 'reply-error', failure: { class: 'malformed_reply' } },
    ])
  })

  it('bears missing and mistyped fields', () => {
    const events = anthropic.readReply({
      content: [
        'odd',
        { type: 'text' },
        { type: 'tool_use', name: 'f', input: null },
        { text: 'x' },
      ],
      usage: null,
      stop_reason: 7,
    })
    expect(events.at(0)).toEqual({ type: 'reply-start', id: null, model: null })
    expect(events).toContainEqual({ type: 'tool-call-delta', block: 1, input: '{}' })
    expect(events.at(-1)).toEqual({ type: 'reply-end', finish: 'other', stopSequence: null })
  })

  it('tells pass-through its usage', () => {
    const usage = { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 2 }
    expect(anthropic.inspectReply('chat', members({ content: [], usage }))).toMatchObject({
      usage: { inputTokens: 8, outputTokens: 2 },
      failure: null,
    })
    expect(anthropic.inspectReply('chat', members({ ok: true })).failure?.class).toBe(
      'malformed_reply',
    )
    const counted = anthropic.inspectReply('count-tokens', members({ input_tokens: 5 }))
    expect(counted).toEqual({ usage: null, failure: null })
  })
})

describe('facts of a request', () => {
  it('are found without parsing it', () => {
    const body = { model: 'fast', stream: true, max_tokens: 9, metadata: { user_id: 'u1' } }
    expect(anthropic.requestFacts(members(body))).toEqual({
      model: 'fast',
      stream: true,
      user: 'u1',
      maxOutputTokens: 9,
      includeUsage: false,
    })
    const odd = { model: 5, stream: 'yes', max_tokens: '9', metadata: 'u1' }
    expect(anthropic.requestFacts(members(odd))).toMatchObject({
      model: null,
      stream: false,
      user: null,
      maxOutputTokens: null,
    })
  })
})

describe('a whole reply for a client', () => {
  const reply: Reply = {
    id: null,
    model: 'gpt-x',
    parts: [],
    finish: 'stop',
    stopSequence: null,
    usage: null,
  }

  it('has the shape of a message', () => {
    expect(anthropic.writeReply(reply, context)).toEqual({
      id: 'wb_1',
      type: 'message',
      role: 'assistant',
      model: 'fast',
      content: [],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      },
    })
  })

  it('writes its parts as blocks', () => {
    const signature = { dialect: 'gemini', value: 'sig', id: null } as const
    const written = anthropic.writeReply(
      {
        ...reply,
        parts: [
          { type: 'reasoning', text: 'Hm', signature: null, redacted: false },
          {
            type: 'text',
            text: 'So',
            signature: null,
            citations: [{ url: 'https://x', title: null }],
          },
          { type: 'text', text: '', signature: null, citations: [] },
          { type: 'tool-call', id: 'a:1', name: 'f', input: '', signature },
          { type: 'file', mediaType: 'image/png', base64: 'AAAA' },
        ],
      },
      context,
    )
    expect(written['content']).toMatchObject([
      { type: 'thinking', thinking: 'Hm', signature: 'wb1:openai::' },
      { type: 'text', text: 'So', citations: [{ url: 'https://x' }] },
      { type: 'thinking', thinking: '', signature: 'wb1:gemini:wbid_a_003a1:wb1:gemini::sig' },
      { type: 'tool_use', id: 'wbid_a_003a1', name: 'f', input: {} },
    ])
    expect(written['stop_reason']).toBe('tool_use')
  })

  it('says refusal, whatever the provider called it', () => {
    const parts: Reply['parts'] = [{ type: 'refusal', text: 'No.' }]
    const written = anthropic.writeReply({ ...reply, parts }, context)
    expect(written).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    })
  })

  it('names the stop sequence where it is known', () => {
    expect(anthropic.writeReply({ ...reply, stopSequence: 'END' }, context)).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    })
  })

  it('counts tokens', () => {
    expect(anthropic.writeTokenCount?.(12)).toEqual({ input_tokens: 12 })
  })
})
