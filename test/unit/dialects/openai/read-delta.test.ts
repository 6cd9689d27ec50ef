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
