import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply, ReplyEvent } from '../../../../src/core/reply.ts'
import type { Operation } from '../../../../src/core/request.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const done = '[DONE]'

function read(frames: readonly (JsonObject | string)[], operation: Operation = 'chat') {
  const reader = openai.streamReader(operation)
  const events = frames.flatMap((frame) =>
    reader.read({ event: null, data: typeof frame === 'string' ? frame : JSON.stringify(frame) }),
  )
  return [...events, ...reader.end()]
}

function reply(events: readonly ReplyEvent[]): Reply {
  const collected = collectReply(events)
  if ('class' in collected) throw new Error(collected.message)
  return collected
}

const delta = (content: JsonObject, finish: string | null = null): JsonObject => ({
  id: 'chatcmpl-1',
  model: 'm',
  choices: [{ index: 0, delta: content, finish_reason: finish }],
})

const call = (entry: JsonObject) => delta({ tool_calls: [entry] })
const types = (events: readonly ReplyEvent[]) => events.map((event) => event.type)
const texts = (found: Reply) =>
  found.parts.map((part) => ('text' in part ? `${part.type}: ${part.text}` : part.type))

describe('the end of a stream', () => {
  it('is [DONE], with usage before it', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
    const events = read([
      { id: '', model: '', choices: [], prompt_filter_results: [] },
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({}, 'stop'),
      { choices: [], usage },
      done,
    ])
    expect(types(events)).toEqual([
      'reply-start',
      'text-start',
      'text-delta',
      'text-delta',
      'usage',
      'text-end',
      'reply-end',
    ])
    const found = reply(events)
    expect(found).toMatchObject({ id: 'chatcmpl-1', model: 'm', finish: 'stop' })
    expect(found.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 })
  })

  it('may be implied by a finish reason', () => {
    expect(reply(read([delta({ content: 'a' }, 'length')])).finish).toBe('length')
  })

  it('is truncated without either', () => {
    const last = read([delta({ content: 'a' })]).at(-1)
    expect(last).toMatchObject({ type: 'reply-error', failure: { class: 'truncated' } })
  })

  it('comes once', () => {
    const reader = openai.streamReader('chat')
    reader.read({ event: null, data: JSON.stringify(delta({ content: 'a' }, 'stop')) })
    expect(reader.finished).toBe(true)
    expect(types(reader.read({ event: null, data: done }))).toContain('reply-end')
    expect(reader.read({ event: null, data: done })).toEqual([])
    expect(reader.end()).toEqual([])
    expect(reader.isTerminal({ event: null, data: ' [DONE]' })).toBe(true)
    expect(reader.isTerminal({ event: null, data: '{}' })).toBe(false)
  })

  it('without a finish reason still says whether tools were called', () => {
    const events = read([
      call({ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }),
      done,
    ])
    expect(reply(events).finish).toBe('tool-calls')
  })

  it('of nothing at all is no reply', () => {
    expect(read([done]).at(-1)).toMatchObject({ failure: { class: 'malformed_reply' } })
    expect(read([]).at(-1)).toMatchObject({ failure: { class: 'truncated' } })
  })
})

describe('finish reasons', () => {
  it.each([
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['end_turn', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['SAFETY', 'content-filter'],
    ['something new', 'other'],
  ])('%s means %s', (word, finish) => {
    expect(reply(read([delta({ content: 'a' }, word), done])).finish).toBe(finish)
  })

  it('stop after tool calls means tool-calls, after a refusal refusal', () => {
    const calls = [
      call({ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }),
      delta({}, 'stop'),
    ]
    expect(reply(read(calls)).finish).toBe('tool-calls')
    expect(reply(read([delta({ refusal: 'No.' }, 'stop')])).finish).toBe('refusal')
  })

  it('an empty one is none', () => {
    const events = read([delta({ content: 'a' }, '')])
    expect(events.at(-1)).toMatchObject({ failure: { class: 'truncated' } })
  })

  it('that report a breakdown are errors', () => {
    const broken = read([delta({ content: 'a' }), delta({}, 'insufficient_system_resource'), done])
    expect(broken.at(-1)).toMatchObject({ type: 'reply-error', failure: { class: 'overloaded' } })
  })
})

describe('reasoning', () => {
  it.each(['reasoning_content', 'reasoning'])('is read from %s', (field) => {
    const events = read([
      delta({ [field]: 'Hm', content: '' }),
      delta({ [field]: 'm', content: null }),
      delta({ content: 'Yes' }, 'stop'),
    ])
    expect(texts(reply(events))).toEqual(['reasoning: Hmm', 'text: Yes'])
    expect(types(events).indexOf('reasoning-end')).toBeLessThan(types(events).indexOf('text-start'))
  })

  it('shown twice is read once', () => {
    const events = read([
      delta({ reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }),
      delta({}, 'stop'),
    ])
    expect(texts(reply(events))).toEqual(['reasoning: Hm'])
  })

  it('in details keeps its signature', () => {
    const detail = (rest: JsonObject) => ({
      type: 'reasoning.text',
      index: 0,
      format: 'a',
      ...rest,
    })
    const events = read([
      delta({ reasoning_details: [detail({ text: 'Let me ', signature: '' })] }),
      delta({ reasoning_details: [detail({ text: 'see.' })] }),
      delta({ reasoning_details: [detail({ text: '', signature: 'sig' })] }),
      delta({ content: 'Ok' }, 'stop'),
    ])
    const [part] = reply(events).parts
    expect(part).toMatchObject({ type: 'reasoning', text: 'Let me see.', redacted: false })
    expect(part?.type === 'reasoning' && part.signature?.dialect).toBe('openai')
    expect(part?.type === 'reasoning' && part.signature?.value).toContain('"signature":"sig"')
  })

  it('that is encrypted has a signature and no text', () => {
    const encrypted = { type: 'reasoning.encrypted', data: 'xyz', id: 'rs_1', index: 0 }
    const events = read([
      delta({ content: '', reasoning: null, reasoning_details: [encrypted] }),
      delta({ content: 'Ok' }, 'stop'),
    ])
    expect(reply(events).parts[0]).toMatchObject({
      type: 'reasoning',
      text: '',
      redacted: true,
      signature: { dialect: 'openai', value: JSON.stringify([encrypted]) },
    })
  })

  it("in Mistral's content parts is told from text", () => {
    const events = read([
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }),
      delta({ content: [{ type: 'text', text: 'Yes' }] }, 'stop'),
    ])
    expect(texts(reply(events))).toEqual(['reasoning: Hm', 'text: Yes'])
  })
})

describe('tool calls', () => {
  const calls = (events: readonly ReplyEvent[]) =>
    reply(events).parts.filter((part) => part.type === 'tool-call')

  it('are put together from their pieces', () => {
    const found = calls(
      read([
        call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
        call({ index: 0, function: { arguments: '{"x"' } }),
        call({ index: 0, function: { arguments: ':1}' } }),
        call({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }),
        delta({}, 'tool_calls'),
      ]),
    )
    expect(found.map(({ id, name, input }) => [id, name, input])).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{}'],
    ])
  })

  it('end before the next block begins', () => {
    const events = read([
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      call({ index: 1, id: 'b', function: { name: 'f', arguments: '{}' } }),
      delta({}, 'tool_calls'),
    ])
    expect(types(events).filter((type) => /tool-call-(?:start|end)/.test(type))).toEqual([
      'tool-call-start',
      'tool-call-end',
      'tool-call-start',
      'tool-call-end',
    ])
  })

  it('lose nothing when their pieces are mixed', () => {
    const found = calls(
      read([
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }),
        call({ index: 1, id: 'b', function: { name: 'g', arguments: '{"y":' } }),
        call({ index: 0, function: { arguments: '1}' } }),
        call({ index: 1, function: { arguments: '2}' } }),
        delta({}, 'tool_calls'),
      ]),
    )
    expect(found.map((part) => part.input)).toEqual(['{"x":1}', '{"y":2}'])
  })

  it('without ids get the same ones every time, each its own', () => {
    const frames = [
      call({ index: 0, id: '', function: { name: 'f', arguments: '{}' } }),
      call({ index: 0, id: '', function: { name: 'f', arguments: '{"n":2}' } }),
      delta({}, 'stop'),
    ]
    const first = calls(read(frames)).map((part) => part.id)
    expect(first).toHaveLength(2)
    expect(new Set(first).size).toBe(2)
    expect(first.every((id) => /^call_[a-z0-9]{20}$/.test(id))).toBe(true)
    expect(calls(read(frames)).map((part) => part.id)).toEqual(first)
  })

  it('with one index for all are told apart by id', () => {
    const found = calls(
      read([
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
        call({ index: 0, id: 'b', function: { name: 'f', arguments: '{}' } }),
        delta({}, 'stop'),
      ]),
    )
    expect(found.map((part) => part.id)).toEqual(['a', 'b'])
  })

  it('without an index follow their id, or the call before', () => {
    const found = calls(
      read([
        call({ id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        call({ function: { arguments: ':1}' } }),
        call({ id: 'b', function: { name: 'g', arguments: { y: 2 } } }),
        delta({}, 'stop'),
      ]),
    )
    expect(found.map((part) => part.input)).toEqual(['{"x":1}', '{"y":2}'])
  })

  it('of before 2024 are read too', () => {
    const found = calls(
      read([
        delta({ function_call: { name: 'f', arguments: '' } }),
        delta({ function_call: { arguments: '{"x":1}' } }),
        delta({}, 'function_call'),
      ]),
    )
    expect(found).toMatchObject([{ name: 'f', input: '{"x":1}' }])
  })

  it("keep Gemini's thought signature", () => {
    const extra_content = { google: { thought_signature: 'sig' } }
    const found = calls(
      read([
        call({ index: 0, id: 'a', extra_content, function: { name: 'f', arguments: '{}' } }),
        delta({}, 'stop'),
      ]),
    )
    expect(found[0]?.signature).toEqual({ dialect: 'gemini', value: 'sig', id: null })
  })
})

describe('what else providers send', () => {
  it('takes delta before message, which repeats all so far', () => {
    const chunk = (text: string, soFar: string) => ({
      choices: [{ index: 0, delta: { content: text }, message: { content: soFar } }],
    })
    const events = read([chunk('a', 'a'), chunk('b', 'ab'), delta({}, 'stop')])
    expect(texts(reply(events))).toEqual(['text: ab'])
  })

  it('reads links, with titles where they are given', () => {
    const sources = {
      citations: ['https://a.example', 'https://b.example'],
      search_results: [{ title: 'B', url: 'https://b.example' }],
    }
    const note = { type: 'url_citation', url_citation: { url: 'https://c.example', title: 'C' } }
    const events = read([
      { ...delta({ content: 'x' }), ...sources },
      delta({ content: 'y', annotations: [note] }),
      delta({}, 'stop'),
    ])
    expect(reply(events).parts[0]).toMatchObject({
      text: 'xy',
      citations: [
        { url: 'https://a.example', title: null },
        { url: 'https://b.example', title: 'B' },
        { url: 'https://c.example', title: 'C' },
      ],
    })
  })

  it('reads images as files', () => {
    const url = 'data:image/png;base64,AAAA'
    const events = read([
      delta({ images: [{ type: 'image_url', image_url: { url } }] }),
      delta({}, 'stop'),
    ])
    expect(reply(events).parts).toEqual([{ type: 'file', mediaType: 'image/png', base64: 'AAAA' }])
  })

  it('reads the first choice only', () => {
    const other = { choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'stop' }] }
    const events = read([delta({ content: 'yes' }), other, delta({}, 'stop'), done])
    expect(texts(reply(events))).toEqual(['text: yes'])
  })

  it('reads usage wherever it comes, the last one counting', () => {
    const usage = (n: number) => ({ prompt_tokens: 1, completion_tokens: n })
    const events = read([
      { ...delta({ content: 'a' }), usage: usage(1) },
      { ...delta({ content: 'b' }), usage: usage(2) },
      { ...delta({}, 'stop'), x_groq: { usage: usage(3) } },
      done,
    ])
    expect(reply(events).usage?.outputTokens).toBe(3)
  })

  it('survives null everything', () => {
    const nothing = {
      role: null,
      content: null,
      refusal: null,
      tool_calls: null,
      function_call: null,
      reasoning: null,
      reasoning_details: null,
      annotations: null,
      audio: null,
      images: null,
    }
    const events = read([
      { id: null, model: null, choices: null, usage: null, error: null },
      { choices: [null, 7, { index: 0, delta: nothing, finish_reason: null }] },
      { choices: [{ index: 0, delta: null, finish_reason: 'stop' }] },
      'null',
      '7',
      '',
      done,
    ])
    expect(reply(events)).toMatchObject({ parts: [], finish: 'stop', id: null, model: null })
  })
})

describe('errors in a stream', () => {
  it('end it with their class', () => {
    const error = { message: 'Rate limit reached', code: 429 }
    const events = read([delta({ content: 'a' }), { error }, delta({ content: 'b' }), done])
    expect(events.at(-1)).toMatchObject({
      type: 'reply-error',
      failure: { class: 'provider_rate_limited', upstreamStatus: 429 },
    })
  })

  it.each([
    [{ message: 'The server had an error', type: 'server_error' }, 'server_error'],
    [{ message: 'Overloaded', type: 'overloaded_error' }, 'overloaded'],
    [{ message: 'bad', type: 'invalid_request_error', status_code: 400 }, 'invalid_request'],
    [{ message: 'no', code: 'tool_use_failed', status_code: 400 }, 'malformed_reply'],
    [{ message: 'x', code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [{ message: 'who knows' }, 'server_error'],
  ])('%j is %s', (error, failureClass) => {
    expect(read([{ error }]).at(-1)).toMatchObject({ failure: { class: failureClass } })
  })

  it('may stand in the choice or come as a string', () => {
    const inChoice = { choices: [{ delta: {}, finish_reason: 'error', error: { code: 502 } }] }
    expect(read([inChoice]).at(-1)).toMatchObject({ failure: { class: 'server_error' } })
    expect(read([{ error: 'Model overloaded' }]).at(-1)).toMatchObject({
      failure: { class: 'overloaded', message: 'Model overloaded' },
    })
  })

  it('may be named events', () => {
    const reader = openai.streamReader('chat')
    const data = '{"error":{"message":"no call","code":"tool_use_failed","status_code":400}}'
    expect(reader.read({ event: 'error', data })).toMatchObject([{ type: 'reply-error' }])
    expect(reader.end()).toEqual([])
    expect(
      openai.streamReader('chat').read({ event: 'error', data: 'upstream gone' }),
    ).toMatchObject([{ failure: { message: 'upstream gone', class: 'server_error' } }])
  })

  it('are what is not JSON', () => {
    expect(read([delta({ content: 'a' }), '{"choices":[{"del']).at(-1)).toMatchObject({
      failure: { class: 'malformed_reply' },
    })
  })
})

describe('streams of the other operations', () => {
  it('reads completions', () => {
    const events = read(
      [
        { choices: [{ index: 0, text: 'a', finish_reason: null }] },
        { choices: [{ index: 0, text: 'b', finish_reason: 'stop' }] },
        done,
      ],
      'completion',
    )
    expect(texts(reply(events))).toEqual(['text: ab'])
  })

  it('follows a transcription to its usage and end', () => {
    const usage = { type: 'tokens', input_tokens: 30, output_tokens: 5, total_tokens: 35 }
    const events = read(
      [
        { type: 'transcript.text.delta', delta: 'Hi' },
        { type: 'transcript.text.done', text: 'Hi', usage },
      ],
      'audio',
    )
    expect(reply(events)).toMatchObject({ finish: 'stop', usage: { inputTokens: 30 } })
  })

  it('notices speech and images, and when they are cut', () => {
    const speech = read([{ type: 'speech.audio.delta', audio: 'AAAA' }], 'audio')
    expect(types(speech)).toContain('untranslated')
    expect(speech.at(-1)).toMatchObject({ failure: { class: 'truncated' } })
    const image = read([{ type: 'image_generation.completed', b64_json: 'AA' }], 'image')
    expect(types(image)).toEqual(['reply-start', 'untranslated', 'reply-end'])
    expect(read([{ type: 'error', message: 'Overloaded' }], 'image').at(-1)).toMatchObject({
      failure: { class: 'overloaded' },
    })
  })
})
