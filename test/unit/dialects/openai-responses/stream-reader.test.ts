import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { ReplyEvent } from '../../../../src/core/reply.ts'
import { openaiResponses as codec } from '../../../../src/dialects/openai-responses/index.ts'
import { collected, eventsOf, wire } from './samples.ts'

const message = (id: string | null, text: string) => ({
  type: 'message',
  ...(id === null ? {} : { id }),
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const created = { type: 'response.created', response: { id: 'r1', model: 'm', output: [] } }
const completed = (output: JsonObject[], more: JsonObject = {}) => ({
  type: 'response.completed',
  response: { id: 'r1', model: 'm', status: 'completed', output, ...more },
})
const added = (output_index: number, item: JsonObject) => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
const done = (output_index: number, item: JsonObject) => ({
  type: 'response.output_item.done',
  output_index,
  item,
})
const delta = (delta: string, more: JsonObject = {}) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  item_id: 'msg_1',
  delta,
  ...more,
})

const read = (events: readonly JsonObject[]) => eventsOf(wire(events))
const textsOf = (events: readonly ReplyEvent[]) =>
  collected(events).parts.map((part) => ('text' in part ? part.text : part.type))

describe('a stream as specified', () => {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 5 },
  }
  const events = read([
    created,
    added(0, { type: 'message', id: 'msg_1', content: [] }),
    delta('Hel'),
    delta('lo'),
    { ...delta(''), type: 'response.output_text.done', text: 'Hello' },
    done(0, message('msg_1', 'Hello')),
    completed([message('msg_1', 'Hello')], { usage }),
  ])

  it('gives each event once', () => {
    expect(events).toEqual([
      { type: 'reply-start', id: 'r1', model: 'm' },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Hel' },
      { type: 'text-delta', block: 0, text: 'lo' },
      { type: 'text-end', block: 0, signature: null },
      {
        type: 'usage',
        usage: {
          inputTokens: 10,
          cachedInputTokens: 4,
          cacheWriteTokens: 3,
          outputTokens: 7,
          reasoningTokens: 5,
        },
      },
      { type: 'reply-end', finish: 'stop', stopSequence: null },
    ])
  })
})

describe('a stream with parts missing loses and doubles nothing', () => {
  const hello = message('msg_1', 'Hello')
  const opened = added(0, { type: 'message', id: 'msg_1', content: [] })
  const cases: Record<string, JsonObject[]> = {
    'only the final response': [completed([hello])],
    'no created': [opened, delta('Hello'), completed([hello])],
    'no item events': [created, delta('Hel'), delta('lo'), completed([hello])],
    'the last delta missing': [created, opened, delta('Hel'), completed([hello])],
    'deltas missing': [created, opened, done(0, hello), completed([hello])],
    'an empty final output': [created, opened, delta('Hello'), completed([])],
    'no output index': [
      created,
      opened,
      { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hello' },
      completed([hello]),
    ],
    'no ids': [
      created,
      added(0, { type: 'message', content: [] }),
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hello' },
      done(0, message(null, 'Hello')),
      completed([message(null, 'Hello')]),
    ],
    'neither index nor id': [
      created,
      { type: 'response.output_item.added', item: { type: 'message' } },
      { type: 'response.output_text.delta', delta: 'Hello' },
      { type: 'response.output_item.done', item: message(null, 'Hello') },
      completed([message(null, 'Hello')]),
    ],
    'ids that change with every event': [
      created,
      opened,
      delta('Hel', { item_id: 'x1' }),
      delta('lo', { item_id: 'x2' }),
      done(0, message('x3', 'Hello')),
      completed([message('x4', 'Hello')]),
    ],
    'another content index in the end': [
      created,
      opened,
      delta('Hello', { content_index: 1 }),
      completed([hello]),
    ],
    'content as a plain string': [
      created,
      completed([{ type: 'message', role: 'assistant', content: 'Hello' }]),
    ],
    'text events after the item is done': [
      created,
      opened,
      delta('Hello'),
      done(0, hello),
      { ...delta(''), type: 'response.output_text.done', text: 'Hello' },
      completed([hello]),
    ],
  }

  it.each(Object.entries(cases))('%s', (_, events) => {
    expect(textsOf(read(events))).toEqual(['Hello'])
  })

  it('types only in the data', () => {
    const events = [created, opened, delta('Hello'), completed([hello])]
    expect(textsOf(eventsOf(wire(events, false)))).toEqual(['Hello'])
  })

  it('several items that share an index or an id', () => {
    const call = (id: string, callId: string, args: string) => ({
      type: 'function_call',
      id,
      call_id: callId,
      name: 'f',
      arguments: args,
    })
    const argument = (item_id: string, output_index: number, text: string) => ({
      type: 'response.function_call_arguments.delta',
      item_id,
      output_index,
      delta: text,
    })
    const twice = (ids: readonly [string, string], at: readonly [number, number]) =>
      read([
        created,
        added(at[0], call(ids[0], 'c1', '')),
        added(at[1], call(ids[1], 'c2', '')),
        argument(ids[0], at[0], '{"a":'),
        argument(ids[1], at[1], '{"b":'),
        argument(ids[0], at[0], '1}'),
        argument(ids[1], at[1], '2}'),
        done(at[0], call(ids[0], 'c1', '{"a":1}')),
        done(at[1], call(ids[1], 'c2', '{"b":2}')),
        completed([call(ids[0], 'c1', '{"a":1}'), call(ids[1], 'c2', '{"b":2}')]),
      ])
    for (const events of [twice(['x', 'y'], [0, 0]), twice(['x', 'x'], [0, 1])]) {
      expect(collected(events).parts).toMatchObject([
        { id: 'c1', input: '{"a":1}' },
        { id: 'c2', input: '{"b":2}' },
      ])
    }
  })
})

describe('reasoning in a stream', () => {
  const item = (more: JsonObject) => ({ type: 'reasoning', id: 'rs_1', summary: [], ...more })
  const summary = (type: string, summary_index: number, more: JsonObject) => ({
    type: `response.reasoning_summary_${type}`,
    item_id: 'rs_1',
    output_index: 0,
    summary_index,
    ...more,
  })
  const parts = [
    { type: 'summary_text', text: 'One' },
    { type: 'summary_text', text: 'Two' },
  ]

  it('joins the parts of a summary and keeps the proof', () => {
    const events = read([
      created,
      added(0, item({})),
      summary('part.added', 0, { part: { type: 'summary_text', text: '' } }),
      summary('text.delta', 0, { delta: 'One' }),
      summary('text.done', 0, { text: 'One' }),
      summary('part.added', 1, { part: { type: 'summary_text', text: '' } }),
      summary('text.delta', 1, { delta: 'T' }),
      summary('part.done', 1, { part: parts[1] ?? null }),
      done(0, item({ summary: parts, encrypted_content: 'proof' })),
      completed([item({ summary: parts, encrypted_content: 'another' })]),
    ])
    const signature = { dialect: 'openai-responses', value: 'proof', id: 'rs_1' }
    expect(collected(events).parts).toEqual([
      { type: 'reasoning', text: 'One\n\nTwo', signature, redacted: false },
    ])
  })

  it('shows the reasoning itself rather than its summary too', () => {
    const content = [{ type: 'reasoning_text', text: 'Raw' }]
    const events = read([created, completed([item({ content, summary: parts })])])
    expect(textsOf(events)).toEqual(['Raw'])
  })

  it('is hidden where only the proof comes, and nothing where not even that does', () => {
    const hidden = read([created, completed([item({ encrypted_content: 'proof' })])])
    expect(collected(hidden).parts).toMatchObject([{ text: '', redacted: true }])
    expect(collected(read([created, completed([item({})])])).parts).toEqual([])
  })

  it('may end after the text that follows it has begun', () => {
    const raw = { type: 'response.reasoning_text.delta', output_index: 0, item_id: 'rs_1' }
    const full = item({ content: [{ type: 'reasoning_text', text: 'think' }] })
    const events = read([
      created,
      added(0, item({})),
      { ...raw, delta: 'think' },
      added(1, { type: 'message', id: 'msg_1' }),
      delta('4', { output_index: 1 }),
      done(1, message('msg_1', '4')),
      done(0, full),
      completed([{ ...full, id: 'rs_2' }, message('msg_1', '4')]),
    ])
    expect(textsOf(events)).toEqual(['think', '4'])
  })
})

describe('calls in a stream', () => {
  it('wait for their name and are never without arguments or id', () => {
    const events = read([
      created,
      added(0, { type: 'function_call', id: 'fc_1' }),
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a"' },
      done(0, { type: 'function_call', id: 'fc_1', name: 'f', arguments: '{"a":1}' }),
      done(1, { type: 'function_call', name: 'g', arguments: '' }),
      done(2, { type: 'function_call', name: 'h', call_id: 'c3', arguments: { b: 2 } }),
      completed([]),
    ])
    expect(collected(events)).toMatchObject({
      finish: 'tool-calls',
      parts: [
        { id: 'fc_1', name: 'f', input: '{"a":1}' },
        { id: expect.stringMatching(/^call_./), name: 'g', input: '{}' },
        { id: 'c3', name: 'h', input: '{"b":2}' },
      ],
    })
  })

  it('of custom tools hold their free text', () => {
    const call = { type: 'custom_tool_call', id: 'x', call_id: 'c', name: 'sh' }
    const events = read([
      created,
      added(0, { ...call, input: '' }),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: 'ls' },
      done(0, { ...call, input: 'ls -l' }),
      completed([{ ...call, input: 'ls -l' }]),
    ])
    expect(collected(events).parts).toMatchObject([{ name: 'sh', input: '{"input":"ls -l"}' }])
  })
})

describe('what only the provider can do', () => {
  it('is named once, and a generated image is a file', () => {
    const search = { type: 'web_search_call', id: 'ws', status: 'completed' }
    const image = { type: 'image_generation_call', id: 'ig', result: 'aGk=', output_format: 'webp' }
    const events = read([
      created,
      added(0, search),
      done(0, search),
      done(1, image),
      completed([search, image]),
    ])
    expect(events.filter(({ type }) => type === 'untranslated')).toEqual([
      { type: 'untranslated', what: 'web_search_call' },
      { type: 'untranslated', what: 'image_generation_call' },
    ])
    expect(collected(events).parts).toEqual([
      { type: 'file', mediaType: 'image/webp', base64: 'aGk=' },
    ])
  })

  it('leaves links behind as citations, each once', () => {
    const link = { type: 'url_citation', url: 'https://a.test', title: 'A' }
    const file = { type: 'file_citation', file_id: 'f', filename: 'a.pdf', index: 1 }
    const note = (annotation: JsonObject, annotation_index: number) => ({
      type: 'response.output_text.annotation.added',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      annotation_index,
      annotation,
    })
    const part = { type: 'output_text', text: 'Hi', annotations: [link, file, link] }
    const item = { type: 'message', id: 'msg_1', content: [part] }
    const events = read([
      created,
      added(0, { type: 'message', id: 'msg_1' }),
      delta('Hi'),
      note(link, 0),
      note(file, 1),
      { ...delta(''), type: 'response.content_part.done', part },
      done(0, item),
      completed([item]),
    ])
    expect(events.filter(({ type }) => type === 'citation')).toHaveLength(2)
  })
})

describe('how a stream ends', () => {
  const endOf = (event: JsonObject) => read([created, delta('Hi'), event]).at(-1)

  it('cut short, with the reason', () => {
    const incomplete = (reason: string) => ({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason }, output: [] },
    })
    expect(endOf(incomplete('max_output_tokens'))).toMatchObject({ finish: 'length' })
    expect(endOf(incomplete('content_filter'))).toMatchObject({ finish: 'content-filter' })
    expect(endOf(incomplete('something'))).toMatchObject({ finish: 'other' })
  })

  it('with a refusal', () => {
    const content = [{ type: 'refusal', refusal: 'No.' }]
    const events = read([created, completed([{ type: 'message', content }])])
    expect(collected(events)).toMatchObject({ finish: 'refusal', parts: [{ text: 'No.' }] })
  })

  it('with an error, whichever shape it has', () => {
    const words = { code: 'rate_limit_exceeded', message: 'Try again in 2s.' }
    const limited = { class: 'provider_rate_limited', retryAfterMs: 2000 }
    expect(endOf({ type: 'error', ...words })).toMatchObject({ failure: limited })
    expect(endOf({ type: 'error', error: words })).toMatchObject({ failure: limited })
    expect(endOf({ error: words })).toMatchObject({ failure: limited })
    const failed = { type: 'response.failed', response: { error: words, output: [] } }
    expect(endOf(failed)).toMatchObject({ failure: limited })
    expect(endOf({ type: 'response.failed', response: {} })).toMatchObject({
      failure: { class: 'server_error' },
    })
  })

  it('says the error once though two events carry it', () => {
    const error = { code: 'insufficient_quota', message: 'You exceeded your current quota.' }
    const events = read([
      created,
      { type: 'error', error },
      { type: 'response.failed', response: { status: 'failed', error } },
    ])
    expect(events.filter(({ type }) => type === 'reply-error')).toMatchObject([
      { failure: { class: 'provider_quota_exhausted' } },
    ])
  })

  it('without its proper end', () => {
    expect(read([created, delta('Hi')]).slice(-2)).toMatchObject([
      { type: 'text-end' },
      { type: 'reply-error', failure: { class: 'truncated' } },
    ])
  })

  it('with an event that is not JSON', () => {
    expect(eventsOf('event: response.created\ndata: {"type":"resp\n\n').at(-1)).toMatchObject({
      failure: { class: 'malformed_reply' },
    })
  })
})

describe('frames', () => {
  const reader = codec.streamReader('chat')

  it('are plain deltas by name or by the start of their data', () => {
    const plain = (event: string | null, data = '{"delta":"x"}') =>
      codec.isPlainDelta({ event, data })
    expect(plain('response.output_text.delta')).toBe(true)
    expect(plain('response.completed')).toBe(false)
    expect(plain(null, '{"type":"response.reasoning_text.delta","delta":"x"}')).toBe(true)
    expect(plain(null, '{"type":"response.output_text.done","text":""}')).toBe(false)
    expect(plain(null, '{"delta":"x","type":"response.output_text.delta"}')).toBe(false)
  })

  it('are no plain deltas when they break off or hold a control character', () => {
    const data =
      '{"type":"response.output_text.delta","content_index":0,"delta":"a}b","logprobs":[]}'
    const plain = (text: string) => codec.isPlainDelta({ event: null, data: text })
    expect(plain(data)).toBe(true)
    for (let length = 1; length < data.length; length++)
      expect(plain(data.slice(0, length))).toBe(false)
    expect(plain(data.replace('a}b', 'a\0b'))).toBe(false)
  })

  it('end the stream by name, by type wherever it stands, or by [DONE]', () => {
    const last = (event: string | null, data = '') => reader.isTerminal({ event, data })
    expect(last('response.incomplete')).toBe(true)
    expect(last('error')).toBe(false)
    expect(last(null, '{"type":"response.completed","response":{}}')).toBe(true)
    expect(last('message', '{"response":{},"type":"response.failed"}')).toBe(true)
    expect(last(null, '[DONE]')).toBe(true)
    expect(last(null, '{"type":"response.output_text.delta"}')).toBe(false)
  })
})
