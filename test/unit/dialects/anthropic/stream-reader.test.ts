import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { ReplyEvent } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import type { Frame } from '../../../../src/dialects/dialect.ts'

const frame = (data: JsonObject): Frame => ({
  event: String(data['type']),
  data: JSON.stringify(data),
})
const start = frame({
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 10, output_tokens: 1 } },
})
const blockStart = (index: number, content_block: JsonObject) =>
  frame({ type: 'content_block_start', index, content_block })
const delta = (index: number, delta: JsonObject) =>
  frame({ type: 'content_block_delta', index, delta })
const stop = (index: number) => frame({ type: 'content_block_stop', index })
const finish = (stop_reason: string | null, fields: JsonObject = {}) =>
  frame({
    type: 'message_delta',
    delta: { stop_reason, stop_sequence: null, ...fields },
    usage: { output_tokens: 5 },
  })
const end = frame({ type: 'message_stop' })
const text = [
  blockStart(0, { type: 'text', text: '' }),
  delta(0, { type: 'text_delta', text: 'Hi' }),
]

function read(frames: readonly Frame[]): ReplyEvent[] {
  const reader = anthropic.streamReader('chat')
  return [...frames.flatMap((one) => reader.read(one)), ...reader.end()]
}

describe('a stream of Anthropic', () => {
  it('is read event by event', () => {
    const ping = frame({ type: 'ping' })
    expect(read([start, ping, ...text, ping, stop(0), finish('end_turn'), end])).toEqual([
      { type: 'reply-start', id: 'msg_1', model: 'claude-x' },
      { type: 'usage', usage: expect.objectContaining({ inputTokens: 10, outputTokens: 1 }) },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Hi' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'usage', usage: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }) },
      { type: 'reply-end', finish: 'stop', stopSequence: null },
    ])
  })

  it('carries thinking with its signature, and hidden thinking', () => {
    const events = read([
      start,
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      stop(0),
      blockStart(1, { type: 'redacted_thinking', data: 'hidden' }),
      stop(1),
    ])
    const signature = (value: string) => ({ dialect: 'anthropic', value, id: null })
    expect(events.slice(2, 7)).toEqual([
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'Hm' },
      { type: 'reasoning-end', block: 0, signature: signature('sig'), redacted: false },
      { type: 'reasoning-start', block: 1 },
      { type: 'reasoning-end', block: 1, signature: signature('hidden'), redacted: true },
    ])
  })

  it('carries tool calls, whether their input comes in pieces, at once or not at all', () => {
    const tool = (index: number, input: JsonObject) =>
      blockStart(index, { type: 'tool_use', id: `t${index}`, name: 'f', input })
    const events = read([
      start,
      tool(0, {}),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      delta(0, { type: 'input_json_delta', partial_json: '{"a":' }),
      delta(0, { type: 'input_json_delta', partial_json: '1}' }),
      stop(0),
      tool(1, { b: 2 }),
      stop(1),
      tool(2, {}),
      stop(2),
    ])
    const inputs = events.flatMap((event) =>
      event.type === 'tool-call-delta' ? [event.input] : [],
    )
    expect(inputs).toEqual(['{"a":', '1}', '{"b":2}', '{}'])
    expect(events[2]).toEqual({ type: 'tool-call-start', block: 0, id: 't0', name: 'f' })
  })

  it('carries links as citations and passes over places in documents', () => {
    const cite = (citation: JsonObject) => delta(0, { type: 'citations_delta', citation })
    const events = read([
      start,
      ...text,
      cite({ type: 'web_search_result_location', url: 'https://x', title: 'X', cited_text: 'y' }),
      cite({ type: 'char_location', document_index: 0, cited_text: 'y' }),
    ])
    expect(events.filter((event) => event.type === 'citation')).toEqual([
      { type: 'citation', block: 0, url: 'https://x', title: 'X' },
    ])
  })

  it('names what it cannot show, and leaves no gap in the numbers', () => {
    const events = read([
      start,
      blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      stop(0),
      blockStart(1, { type: 'web_search_tool_result', content: [] }),
      stop(1),
      blockStart(2, { type: 'text', text: 'Hi' }),
      stop(2),
      blockStart(3, { type: 'not_invented_yet' }),
    ])
    expect(events.slice(2, -1)).toEqual([
      { type: 'untranslated', what: 'server_tool_use web_search' },
      { type: 'untranslated', what: 'web_search_tool_result' },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Hi' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'untranslated', what: 'not_invented_yet' },
    ])
  })

  it.each<[string | null, JsonObject, string, string | null]>([
    ['end_turn', {}, 'stop', null],
    ['stop_sequence', { stop_sequence: 'END' }, 'stop', 'END'],
    ['max_tokens', {}, 'length', null],
    ['model_context_window_exceeded', {}, 'length', null],
    ['tool_use', {}, 'tool-calls', null],
    ['refusal', {}, 'refusal', null],
    ['pause_turn', {}, 'pause', null],
    ['bored', {}, 'other', null],
    [null, {}, 'other', null],
  ])('ends with stop reason %s', (reason, fields, finished, stopSequence) => {
    const last = read([start, ...text, stop(0), finish(reason, fields), end]).at(-1)
    expect(last).toEqual({ type: 'reply-end', finish: finished, stopSequence })
  })

  it('may end without message_stop once its stop reason is known', () => {
    const events = read([start, ...text, finish('end_turn')])
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['text-end', 'reply-end'])
  })

  it('says when its stop reason is known', () => {
    const reader = anthropic.streamReader('chat')
    expect(reader.finished).toBe(false)
    reader.read(finish('end_turn'))
    expect(reader.finished).toBe(true)
  })

  it('is truncated without a stop reason', () => {
    for (const frames of [[], [start], [start, ...text], [start, ...text, stop(0)]]) {
      expect(read(frames).at(-1)).toMatchObject({
        type: 'reply-error',
        failure: { class: 'truncated' },
      })
    }
  })

  it.each([
    ['overloaded_error', 'overloaded'],
    ['rate_limit_error', 'provider_rate_limited'],
    ['api_error', 'server_error'],
    ['invalid_request_error', 'invalid_request'],
    ['timeout_error', 'timeout'],
  ])('breaks off with an %s', (type, expected) => {
    const error = frame({ type: 'error', error: { type, message: 'Sorry' } })
    const events = read([start, ...text, error, end])
    expect(events.at(-1)).toMatchObject({
      type: 'reply-error',
      failure: { class: expected, message: 'Sorry', upstreamStatus: null },
    })
    expect(events.filter((event) => event.type === 'reply-error')).toHaveLength(1)
  })

  it('breaks off where an event cannot be read', () => {
    expect(
      read([start, { event: 'content_block_delta', data: '{"type":' }, end]).at(-1),
    ).toMatchObject({
      type: 'reply-error',
      failure: { class: 'malformed_reply' },
    })
  })

  it('bears missing and mistyped fields', () => {
    const odd = [
      frame({ type: 'message_start' }),
      frame({ type: 'content_block_start' }),
      frame({ type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: 'Hi' } }),
      frame({ type: 'content_block_delta', index: 8, delta: { type: 'input_json_delta' } }),
      frame({ type: 'content_block_delta', index: null, delta: null }),
      frame({ type: 'content_block_stop', index: 99 }),
      frame({ type: 'message_delta', delta: null, usage: { output_tokens: 'five' } }),
      frame({ type: 'something_new', anything: [] }),
      { event: 'ping', data: '' },
      { event: null, data: '[DONE]' },
      end,
    ]
    const events = read(odd)
    expect(events).toContainEqual({ type: 'text-delta', block: 0, text: 'Hi' })
    expect(events.at(-1)).toEqual({ type: 'reply-end', finish: 'other', stopSequence: null })
  })

  it('ends a block whose place another one takes', () => {
    const again = blockStart(0, { type: 'text', text: 'Again' })
    expect(read([start, ...text, again, stop(0), finish('end_turn')]).slice(4, -2)).toEqual([
      { type: 'text-end', block: 0, signature: null },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'Again' },
      { type: 'text-end', block: 1, signature: null },
    ])
  })

  it('reads events without a name by their data', () => {
    const nameless = [start, ...text, stop(0), finish('end_turn'), end].map(({ data }) => ({
      event: null,
      data,
    }))
    expect(read(nameless)).toEqual(read([start, ...text, stop(0), finish('end_turn'), end]))
    const reader = anthropic.streamReader('chat')
    expect(nameless.map((one) => reader.isTerminal(one)).indexOf(true)).toBe(nameless.length - 1)
  })

  it('knows its plain deltas and its last event without reading them', () => {
    const reader = anthropic.streamReader('chat')
    const all = [start, ...text, stop(0), finish('end_turn'), end]
    expect(all.map((one) => anthropic.isPlainDelta(one))).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
    ])
    expect(all.map((one) => reader.isTerminal(one))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(anthropic.isPlainDelta({ event: null, data: text[1]?.data ?? '' })).toBe(true)
    expect(anthropic.isPlainDelta({ event: null, data: end.data })).toBe(false)
  })

  it('takes no delta for plain that breaks off or holds a bare control character', () => {
    const data =
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a}}b"}}'
    const plain = (text: string) =>
      anthropic.isPlainDelta({ event: 'content_block_delta', data: text })
    expect(plain(data)).toBe(true)
    for (let length = 0; length < data.length; length++) {
      expect(plain(data.slice(0, length))).toBe(false)
    }
    expect(plain(data.replace('a}}b', 'a\u0000b'))).toBe(false)
  })
})
