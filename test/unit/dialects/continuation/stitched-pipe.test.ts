import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { ReplyEvent } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import { createKeptPipe } from '../../../../src/dialects/continuation/kept-pipe.ts'
import type { SoFar } from '../../../../src/dialects/continuation/so-far.ts'
import { createStitchedPipe } from '../../../../src/dialects/continuation/stitched-pipe.ts'
import type { DialectCodec, ReplyContext } from '../../../../src/dialects/dialect.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../../src/dialects/openai-responses/index.ts'
import { createPassThroughStream } from '../../../../src/dialects/pass-through-stream.ts'
import type { ReplyPipe } from '../../../../src/dialects/reply-pipe.ts'
import { createSseSplitter } from '../../../../src/dialects/split-sse.ts'
import { createTranslatedPipe } from '../../../../src/dialects/translated-pipes.ts'

const context: ReplyContext = {
  id: 'wb_1',
  model: 'assistant',
  createdS: 1,
  includeUsage: true,
  framing: 'sse',
  requestBody: {},
}

const usage = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens,
  reasoningTokens: 0,
})

function streamOf(codec: DialectCodec, events: readonly ReplyEvent[], id: string): string {
  const writer = codec.streamWriter({ ...context, id, model: `model-of-${id}` })
  return events.map((event) => writer.write(event)).join('')
}

/** A provider's stream that says the words, up to its end or not. */
function says(codec: DialectCodec, id: string, words: readonly string[], whole: boolean): string {
  const events: ReplyEvent[] = [
    { type: 'reply-start', id, model: `model-of-${id}` },
    { type: 'text-start', block: 0 },
    ...words.map((text): ReplyEvent => ({ type: 'text-delta', block: 0, text })),
  ]
  if (whole) {
    events.push(
      { type: 'text-end', block: 0, signature: null },
      { type: 'usage', usage: usage(30, 4) },
      { type: 'reply-end', finish: 'stop', stopSequence: null },
    )
  }
  return streamOf(codec, events, id)
}

function run(pipe: ReplyPipe, text: string, ends: boolean): string {
  const out: Uint8Array[] = []
  // In small pieces, whose borders fall anywhere.
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += 7) pipe.push(bytes.subarray(at, at + 7), out)
  if (ends) pipe.end(out)
  return Buffer.concat(out).toString()
}

interface Cut {
  readonly wire: string
  readonly soFar: SoFar | null
}

function cut(provider: DialectCodec, client: DialectCodec, text: string): Cut {
  const inner =
    provider === client
      ? createPassThroughStream({
          codec: provider,
          operation: 'chat',
          splitter: createSseSplitter(),
          hideUsageChunk: false,
          hideFailure: true,
        })
      : createTranslatedPipe(provider, client, context, createSseSplitter())
  const pipe = createKeptPipe(inner, {
    splitter: createSseSplitter,
    reader: () => provider.streamReader('chat'),
  })
  const wire = run(pipe, text, false)
  return { wire, soFar: pipe.soFar() }
}

/** The whole stream a client reads: a beginning from one provider, the rest from another. */
function stitched(
  first: DialectCodec,
  second: DialectCodec,
  client: DialectCodec,
  words: readonly [readonly string[], readonly string[]],
) {
  const begun = cut(first, client, says(first, 'first', words[0], false))
  if (begun.soFar === null) throw new Error('the reply should be one that can be continued')
  const pipe = createStitchedPipe({
    soFar: begun.soFar,
    passedThrough: first === client,
    provider: second,
    splitter: createSseSplitter(),
    client,
    context,
  })
  const rest = run(pipe, says(second, 'second', words[1], true), true)
  return { wire: begun.wire + rest, rest, pipe }
}

function read(codec: DialectCodec, wire: string) {
  const reader = codec.streamReader('chat')
  const events: ReplyEvent[] = []
  const splitter = createSseSplitter()
  const take = (_raw: Uint8Array, frame: Parameters<typeof reader.read>[0] | null) => {
    if (frame !== null) events.push(...reader.read(frame))
  }
  splitter.push(new TextEncoder().encode(wire), take)
  splitter.end(take)
  events.push(...reader.end())
  const reply = collectReply(events)
  if ('class' in reply) throw new Error(reply.message)
  return { events, reply }
}

const chat = [openai, anthropic, gemini]
const pairs = chat.flatMap((first) =>
  chat.flatMap((second) =>
    [...chat, openaiResponses].map((client) => [first, second, client] as const),
  ),
)

describe('a continued stream', () => {
  it.each(
    pairs.map(
      ([first, second, client]) =>
        [first.name, second.name, client.name, first, second, client] as const,
    ),
  )(
    'of %s and %s is one reply to a client of %s',
    (_first, _second, _client, first, second, client) => {
      const { wire, pipe } = stitched(first, second, client, [
        ['Once ', 'upon '],
        ['a ', 'time.'],
      ])
      const { events, reply } = read(client, wire)
      expect(reply.parts).toMatchObject([{ type: 'text', text: 'Once upon a time.' }])
      expect(reply.finish).toBe('stop')
      expect(events.filter((event) => event.type === 'reply-start')).toHaveLength(1)
      expect(events.filter((event) => event.type === 'reply-end')).toHaveLength(1)
      expect(reply.usage).toMatchObject({ inputTokens: 28, outputTokens: 6 })
      expect(pipe.state()).toBe('ended')
      // What the second provider bills is its own.
      expect(pipe.tally().usage).toMatchObject({ inputTokens: 30, outputTokens: 4 })
    },
  )

  it('keeps the id and the model name the client has seen', () => {
    const { rest } = stitched(openai, anthropic, openai, [['Once '], ['more.']])
    expect(rest).not.toContain('"role"')
    expect(rest).toContain('"id":"first"')
    expect(rest).not.toContain('second')
    expect(rest.match(/\[DONE\]/g)).toHaveLength(1)
  })

  it('has no second message_start and no second block', () => {
    const { rest, wire } = stitched(anthropic, anthropic, anthropic, [['Once '], ['more.']])
    expect(rest).not.toContain('message_start')
    expect(rest).not.toContain('content_block_start')
    expect(wire.match(/event: content_block_stop/g)).toHaveLength(1)
  })

  it('writes white space at the seam once', () => {
    const { wire } = stitched(openai, anthropic, openai, [
      ['Title', '\n\n'],
      ['\n', '\nText ', ' end'],
    ])
    expect(read(openai, wire).reply.parts).toMatchObject([{ text: 'Title\n\nText  end' }])
    const none = stitched(openai, anthropic, openai, [['Title', '\n\n'], ['Text']])
    expect(read(openai, none.wire).reply.parts).toMatchObject([{ text: 'Title\n\nText' }])
  })

  it('may end with a tool call', () => {
    const begun = cut(anthropic, anthropic, says(anthropic, 'first', ['I look '], false)).soFar
    if (begun === null) throw new Error('text can be continued')
    const pipe = createStitchedPipe({
      soFar: begun,
      passedThrough: true,
      provider: anthropic,
      splitter: createSseSplitter(),
      client: anthropic,
      context,
    })
    const second: ReplyEvent[] = [
      { type: 'reply-start', id: 'second', model: null },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'it up.' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'tool-call-start', block: 1, id: 'call_1', name: 'find' },
      { type: 'tool-call-delta', block: 1, input: '{"q":1}' },
      { type: 'tool-call-end', block: 1, signature: null },
      { type: 'reply-end', finish: 'tool-calls', stopSequence: null },
    ]
    const beginning = says(anthropic, 'first', ['I look '], false)
    const rest = run(pipe, streamOf(anthropic, second, 'second'), true)
    expect(read(anthropic, beginning + rest).reply).toMatchObject({
      parts: [{ text: 'I look it up.' }, { type: 'tool-call', name: 'find', input: '{"q":1}' }],
      finish: 'tool-calls',
    })
  })

  it('can break off and be continued again', () => {
    const { soFar } = cut(openai, openai, says(openai, 'first', ['One '], false))
    if (soFar === null) throw new Error('text can be continued')
    const options = {
      passedThrough: true,
      provider: openai,
      client: openai,
      context,
    }
    const second = createStitchedPipe({ ...options, soFar, splitter: createSseSplitter() })
    const middle = run(second, says(openai, 'second', ['two '], false), true)
    expect(second.state()).toBe('failed')
    expect(second.failure()?.class).toBe('truncated')
    const both = second.soFar()
    expect(both?.text).toBe('One two ')
    if (both === null) return
    const third = createStitchedPipe({ ...options, soFar: both, splitter: createSseSplitter() })
    const rest = run(third, says(openai, 'third', ['three.'], true), true)
    const wire = says(openai, 'first', ['One '], false) + middle + rest
    expect(read(openai, wire).reply.parts).toMatchObject([{ text: 'One two three.' }])
  })

  it('shows nothing of a continuation that fails before it says anything', () => {
    const { soFar } = cut(openai, openai, says(openai, 'first', ['One '], false))
    if (soFar === null) throw new Error('text can be continued')
    const pipe = createStitchedPipe({
      soFar,
      passedThrough: true,
      provider: anthropic,
      splitter: createSseSplitter(),
      client: openai,
      context,
    })
    const error =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n'
    expect(run(pipe, error, true)).toBe('')
    expect(pipe.state()).toBe('failed')
    expect(pipe.failure()?.class).toBe('overloaded')
  })
})

describe('what can be continued', () => {
  const start: ReplyEvent = { type: 'reply-start', id: 'first', model: 'm' }
  const text: ReplyEvent[] = [
    { type: 'text-start', block: 0 },
    { type: 'text-delta', block: 0, text: 'Hello' },
  ]
  const soFarOf = (events: readonly ReplyEvent[], codec: DialectCodec = openai) =>
    cut(codec, codec, streamOf(codec, [start, ...events], 'first')).soFar

  it('is text, whole events only', () => {
    const wire = says(openai, 'first', ['Hello ', 'you'], false)
    const last = wire.lastIndexOf('data:')
    expect(cut(openai, openai, wire.slice(0, last + 20)).soFar?.text).toBe('Hello ')
  })

  it('is not a reply without text, with a tool call, a refusal or signed reasoning', () => {
    expect(soFarOf([])).toBeNull()
    expect(soFarOf([{ type: 'refusal-delta', block: 0, text: 'No.' }])).toBeNull()
    const call: ReplyEvent[] = [
      { type: 'tool-call-start', block: 1, id: 'c', name: 'find' },
      { type: 'tool-call-delta', block: 1, input: '{"q"' },
      { type: 'tool-call-delta', block: 1, input: ':1' },
    ]
    expect(soFarOf([...text, ...call])).toBeNull()
    const signature = { dialect: 'anthropic', value: 'abc', id: null } as const
    const thought: ReplyEvent[] = [
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'hm' },
      { type: 'reasoning-end', block: 0, signature, redacted: false },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'Hello' },
    ]
    expect(soFarOf(thought, anthropic)).toBeNull()
  })

  it('keeps the words of failure back, so that a continuation may follow', () => {
    const wire = says(openai, 'first', ['Hello '], false)
    const error = 'data: {"error":{"message":"gone","type":"server_error"}}\n\n'
    const begun = cut(openai, openai, wire + error)
    expect(begun.wire).toBe(wire)
    expect(begun.soFar?.text).toBe('Hello ')
  })
})
