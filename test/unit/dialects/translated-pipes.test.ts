import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import { type JsonObject, type JsonValue, parseJson } from '../../../src/core/json.ts'
import { noUsage, type ReplyEvent } from '../../../src/core/reply.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type { DialectCodec, ReplyContext } from '../../../src/dialects/dialect.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { openai } from '../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import type { ReplyPipe } from '../../../src/dialects/reply-pipe.ts'
import { createSseSplitter, maxFrameBytes } from '../../../src/dialects/split-sse.ts'
import {
  createEventStream,
  createEventWhole,
  createTranslatedEmbedding,
  createTranslatedPipe,
  createTranslatedWhole,
} from '../../../src/dialects/translated-pipes.ts'
import { chatStream, type SampleStream, sampleStreams } from './streams.ts'

const context: ReplyContext = {
  id: 'wb_1',
  model: 'fast',
  createdS: 1_700_000_000,
  includeUsage: true,
  framing: 'sse',
  requestBody: {},
}
const clients: readonly DialectCodec[] = [openai, openaiResponses, anthropic, gemini]

function run(pipe: ReplyPipe, pieces: readonly (string | Uint8Array)[]): string {
  const out: Uint8Array[] = []
  for (const piece of pieces) pipe.push(Buffer.from(piece), out)
  pipe.end(out)
  return Buffer.concat(out).toString()
}

/** Text of a stream as the dialect's own reader understands it, and whether it ended well. */
function said(codec: DialectCodec, wire: string): { text: string; ended: boolean } {
  const reader = codec.streamReader('chat')
  const events: ReplyEvent[] = []
  const splitter = createSseSplitter()
  const take = (_raw: Uint8Array, frame: Parameters<typeof reader.read>[0] | null) => {
    if (frame !== null) events.push(...reader.read(frame))
  }
  splitter.push(Buffer.from(wire), take)
  splitter.end(take)
  events.push(...reader.end())
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
  return { text, ended: events.at(-1)?.type === 'reply-end' }
}

const pairs = sampleStreams.flatMap((sample) =>
  clients.map((client) => [sample.name, client.name, sample, client] as const),
)

describe.each(pairs)('%s read, %s written', (_from, _to, sample, client) => {
  const piped = (one: SampleStream) =>
    createTranslatedPipe(one.codec, client, context, one.splitter())
  const whole = sample.events.join('')

  it('says the same, wherever the stream is cut', () => {
    const expected = run(piped(sample), [whole])
    expect(said(client, expected)).toEqual({ text: 'Grüße 🎉', ended: true })
    const bytes = Buffer.from(whole)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (borders) => {
        const at = [0, ...borders.sort((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const pipe = piped(sample)
        expect(run(pipe, pieces)).toBe(expected)
        expect(pipe.state()).toBe('ended')
        expect(pipe.tally()).toMatchObject({
          usage: { inputTokens: 7, outputTokens: 5 },
          finish: 'stop',
        })
      }),
      { numRuns: 20 },
    )
  })

  it('an error ends it without writing one: that is for the caller to decide', () => {
    const output = sample.events.findIndex((event) => event.includes('Grüße'))
    const pipe = piped(sample)
    const wire = run(pipe, [...sample.events.slice(0, output + 1), sample.error])
    expect(said(client, wire)).toEqual({ text: 'Grüße', ended: false })
    expect(pipe.state()).toBe('failed')
    expect(pipe.failure()?.message).toContain('Full.')
    expect(pipe.failureShown()).toBe(false)
  })

  it('an early end is truncated', () => {
    const output = sample.events.findIndex((event) => event.includes('Grüße'))
    const pipe = piped(sample)
    run(pipe, sample.events.slice(0, output + 1))
    expect(pipe.failure()?.class).toBe('truncated')
  })
})

describe('a translated stream', () => {
  it('fails on an event that never ends', () => {
    const pipe = createTranslatedPipe(openai, anthropic, context, createSseSplitter())
    const piece = Buffer.alloc(1024 * 1024, 0x61)
    for (let i = 0; i * piece.length <= maxFrameBytes; i++) pipe.push(piece, [])
    expect(pipe.failure()?.class).toBe('malformed_reply')
  })

  it('writes nothing more after its end', () => {
    const once = run(createTranslatedPipe(openai, anthropic, context, createSseSplitter()), [
      ...chatStream.events,
    ])
    const twice = run(createTranslatedPipe(openai, anthropic, context, createSseSplitter()), [
      ...chatStream.events,
      ...chatStream.events,
    ])
    expect(twice).toBe(once)
  })

  it('knows when only usage and the formal end are outstanding', () => {
    const pipe = createTranslatedPipe(openai, anthropic, context, createSseSplitter())
    const finish = chatStream.events.findIndex((event) => event.includes('"stop"'))
    for (const [index, event] of chatStream.events.entries()) {
      expect(pipe.finished()).toBe(index > finish)
      pipe.push(Buffer.from(event), [])
    }
  })
})

const completion: JsonObject = {
  id: 'c1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Grüße' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 5 },
}

describe('a translated whole reply', () => {
  it.each(clients)('reaches $name in its form, byte by byte as in one piece', (client) => {
    const bytes = Buffer.from(JSON.stringify(completion))
    const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
    const pipe = createTranslatedWhole(openai, client, context, false)
    const body = parseJson(run(pipe, pieces))
    expect(JSON.stringify(body)).toContain('Grüße')
    expect(pipe.state()).toBe('ended')
    expect(pipe.tally()).toMatchObject({ usage: { inputTokens: 7 }, finish: 'stop' })
  })

  it.each(clients)('reaches $name as a stream where it asked for one', (client) => {
    const wire = run(createTranslatedWhole(openai, client, context, true), [
      JSON.stringify(completion),
    ])
    expect(said(client, wire)).toEqual({ text: 'Grüße', ended: true })
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'malformed_reply'],
    ['a page', '<html></html>', 'malformed_reply'],
    ['half of it', JSON.stringify(completion).slice(0, 50), 'malformed_reply'],
    ['an array', '[]', 'malformed_reply'],
    ['no choices', '{"id":"c1","choices":[]}', 'malformed_reply'],
    ['an error', '{"error":{"message":"Full.","type":"overloaded_error"}}', 'overloaded'],
  ])('%s is a failure, and nothing of it is shown', (_what, body, expected) => {
    const pipe = createTranslatedWhole(openai, anthropic, context, false)
    expect(run(pipe, [body])).toBe('')
    expect(pipe.failure()?.class).toBe(expected)
  })
})

describe('events of an AI SDK model', () => {
  const usage = { ...noUsage, inputTokens: 7, outputTokens: 5 }
  const events: ReplyEvent[] = [
    { type: 'reply-start', id: null, model: null },
    { type: 'text-start', block: 0 },
    { type: 'text-delta', block: 0, text: 'Grüße' },
    { type: 'text-end', block: 0, signature: null },
    { type: 'usage', usage },
    { type: 'reply-end', finish: 'stop', stopSequence: null },
  ]
  const wireOf = (pipe: ReturnType<typeof createEventStream>, given: readonly ReplyEvent[]) => {
    const out: Uint8Array[] = []
    for (const event of given) pipe.take([event], out)
    pipe.end(out)
    return Buffer.concat(out).toString()
  }

  it.each(clients)('become a stream of $name', (client) => {
    const pipe = createEventStream(client, context)
    expect(said(client, wireOf(pipe, events))).toEqual({ text: 'Grüße', ended: true })
    expect(pipe.state()).toBe('ended')
    expect(pipe.tally().usage).toBe(usage)
  })

  it.each(clients)('become a whole reply of $name, held until complete', (client) => {
    const pipe = createEventWhole(client, context)
    const out: Uint8Array[] = []
    pipe.take(events, out)
    expect([pipe.state(), out.length]).toEqual(['waiting', 0])
    pipe.end(out)
    expect(pipe.state()).toBe('ended')
    expect(parseJson(Buffer.concat(out).toString())).toBeTypeOf('object')
  })

  it('that stop before the end are truncated', () => {
    for (const create of [createEventStream, createEventWhole]) {
      const pipe = create(openai, context)
      wireOf(pipe, events.slice(0, 3))
      expect(pipe.failure()?.class).toBe('truncated')
    }
  })

  it('that hold an error are a failure', () => {
    const problem = failure('overloaded', 'Full.')
    const broken: ReplyEvent[] = [...events.slice(0, 3), { type: 'reply-error', failure: problem }]
    for (const create of [createEventStream, createEventWhole]) {
      const pipe = create(openai, context)
      wireOf(pipe, broken)
      expect(pipe.failure()).toBe(problem)
    }
    expect(wireOf(createEventWhole(openai, context), broken)).toBe('')
  })
})

describe('embeddings', () => {
  const request = { inputs: ['a', 'b'], dimensions: null, encoding: 'float' as const }
  const geminiReply = { embeddings: [{ values: [0.5, 1] }, { values: [0, 0.25] }] }
  const translated = (body: string) => {
    const pipe = createTranslatedEmbedding(gemini, openai, context, request)
    const wire = run(pipe, [body])
    const parsed: JsonValue | undefined = wire === '' ? undefined : parseJson(wire)
    return { pipe, parsed }
  }

  it('cross dialects', () => {
    const { pipe, parsed } = translated(JSON.stringify(geminiReply))
    expect(parsed).toMatchObject({
      object: 'list',
      model: 'fast',
      data: [
        { index: 0, embedding: [0.5, 1] },
        { index: 1, embedding: [0, 0.25] },
      ],
    })
    expect(pipe.state()).toBe('ended')
  })

  it('that are none are a failure', () => {
    for (const body of ['', '{', '{}', '[]', '{"embeddings":5}']) {
      const { pipe, parsed } = translated(body)
      expect([pipe.failure()?.class, parsed]).toEqual(['malformed_reply', undefined])
    }
  })
})
