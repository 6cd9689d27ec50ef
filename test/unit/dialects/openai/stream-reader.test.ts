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
