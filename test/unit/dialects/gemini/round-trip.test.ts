import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { AssistantPart, Message, Signature } from '../../../../src/core/conversation.ts'
import { isObject, type JsonObject, parseJson } from '../../../../src/core/json.ts'
import type { FinishReason, Reply, ReplyEvent, ReplyPart } from '../../../../src/core/reply.ts'
import { dialects } from '../../../../src/core/request.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { createJsonArraySplitter } from '../../../../src/dialects/json-array.ts'
import { createSseSplitter } from '../../../../src/dialects/split-sse.ts'
import { built, collected, context, conversation, parsed } from './fixtures.ts'

const prose = fc.string({ unit: 'grapheme', maxLength: 12 })
const words = prose.filter((text) => text !== '')
const base64 = fc.base64String({ minLength: 4, maxLength: 24 })
const signature: fc.Arbitrary<Signature> = fc.record({
  dialect: fc.constantFrom(...dialects.filter((name) => name !== 'gemini')),
  value: words,
  id: fc.constantFrom(null, 'rs_1'),
})
const anySignature = fc.option(
  fc.oneof(
    signature,
    base64.map((value): Signature => ({ dialect: 'gemini', value, id: null })),
  ),
)
const input = fc.oneof(
  fc.dictionary(prose, fc.jsonValue()).map((args) => JSON.stringify(args)),
  fc.constantFrom('{}', '{"cut', '[1]', '"text"', 'null'),
)
const count = fc.nat(10_000)

function callsNumbered<T extends { type: string }>(parts: readonly T[]): T[] {
  return parts.map((part, index) =>
    part.type === 'tool-call' ? { ...part, id: `c${index}` } : part,
  )
}

const replyPart: fc.Arbitrary<ReplyPart> = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    text: words,
    signature: anySignature,
    citations: fc.constant<{ url: string; title: null }[]>([]),
  }),
  fc
    .record({
      type: fc.constant('reasoning' as const),
      text: prose,
      signature: anySignature,
      redacted: fc.boolean(),
    })
    .map((part) => ({ ...part, redacted: part.redacted && part.text === '' && !!part.signature })),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.constant(''),
    name: words,
    input,
    signature: anySignature,
  }),
  fc.record({
    type: fc.constant('file' as const),
    mediaType: fc.constant('image/png'),
    base64,
  }),
)

const finishes: FinishReason[] = ['stop', 'length', 'content-filter', 'other']
const reply: fc.Arbitrary<Reply> = fc
  .record({
    id: fc.constantFrom('r1'),
    model: fc.constant('fast'),
    parts: fc.array(replyPart, { maxLength: 6 }).map((parts) => joined(callsNumbered(parts))),
    finish: fc.constantFrom(...finishes),
    stopSequence: fc.constant(null),
    usage: fc.record({
      inputTokens: fc.integer({ min: 10_000, max: 90_000 }),
      cachedInputTokens: count,
      cacheWriteTokens: fc.constant(0),
      outputTokens: fc.integer({ min: 10_000, max: 90_000 }),
      reasoningTokens: count,
    }),
  })
  .map((made) => {
    const called = made.parts.some(({ type }) => type === 'tool-call')
    return made.finish === 'stop' && called ? { ...made, finish: 'tool-calls' as const } : made
  })

/** Neighbours of one kind are one block to Gemini, until a signature; silent ones are none. */
function joined(parts: readonly ReplyPart[]): ReplyPart[] {
  const result: ReplyPart[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (part.type === 'reasoning' && part.text === '' && part.signature === null) continue
    if (last?.type === 'text' && part.type === 'text' && last.signature === null) {
      result.splice(-1, 1, { ...part, text: last.text + part.text })
    } else if (last?.type === 'reasoning' && part.type === 'reasoning' && last.signature === null) {
      result.splice(-1, 1, { ...part, text: last.text + part.text, redacted: false })
    } else result.push(part)
  }
  return result
}

/** A reply as any dialect's reader would give it, text in several pieces. */
function eventsOf(value: Reply): ReplyEvent[] {
  return [
    { type: 'reply-start', id: value.id, model: value.model },
    ...value.parts.flatMap(blockEvents),
    ...(value.usage === null ? [] : [{ type: 'usage' as const, usage: value.usage }]),
    { type: 'reply-end', finish: value.finish, stopSequence: null },
  ]
}

function blockEvents(part: ReplyPart, block: number): ReplyEvent[] {
  switch (part.type) {
    case 'text':
    case 'reasoning': {
      const middle = Math.ceil(part.text.length / 2)
      const pieces = [part.text.slice(0, middle), part.text.slice(middle)]
      return [
        { type: `${part.type}-start`, block },
        ...pieces.map((text): ReplyEvent => ({ type: `${part.type}-delta`, block, text })),
        part.type === 'text'
          ? { type: 'text-end', block, signature: part.signature }
          : { type: 'reasoning-end', block, signature: part.signature, redacted: part.redacted },
      ]
    }
    case 'tool-call':
      return [
        { type: 'tool-call-start', block, id: part.id, name: part.name },
        { type: 'tool-call-delta', block, input: part.input.slice(0, 3) },
        { type: 'tool-call-delta', block, input: part.input.slice(3) },
        { type: 'tool-call-end', block, signature: part.signature },
      ]
    case 'file':
      return [{ type: 'file', block, mediaType: part.mediaType, base64: part.base64 }]
    case 'refusal':
      return [{ type: 'refusal-delta', block, text: part.text }]
  }
}

/** JSON text with one spelling, unreadable text as it is. */
function sameInput(value: Reply): Reply {
  const parts = value.parts.map((part) => {
    const args = part.type === 'tool-call' ? parseJson(part.input) : undefined
    return part.type === 'tool-call' && isObject(args)
      ? { ...part, input: JSON.stringify(args) }
      : part
  })
  return { ...value, parts }
}

function readWire(wire: string, framing: 'sse' | 'json-array', cut: number): Reply {
  const splitter = framing === 'sse' ? createSseSplitter() : createJsonArraySplitter()
  const reader = gemini.streamReader('chat')
  const events: ReplyEvent[] = []
  const sink: Parameters<typeof splitter.push>[1] = (_, frame) => {
    if (frame !== null) events.push(...reader.read(frame))
  }
  const bytes = new TextEncoder().encode(wire)
  for (let at = 0; at < bytes.length; at += cut) splitter.push(bytes.subarray(at, at + cut), sink)
  splitter.end(sink)
  return collected([...events, ...reader.end()])
}

describe('a reply written and read again', () => {
  it('is the same, whole', () => {
    fc.assert(
      fc.property(reply, (value) => {
        const body: JsonObject = JSON.parse(JSON.stringify(gemini.writeReply(value, context())))
        expect(sameInput(collected(gemini.readReply(body)))).toEqual(sameInput(value))
      }),
    )
  })

  it.each(['sse', 'json-array'] as const)('is the same, streamed as %s', (framing) => {
    fc.assert(
      fc.property(reply, fc.integer({ min: 1, max: 200 }), (value, cut) => {
        const writer = gemini.streamWriter(context({ framing }))
        const wire = eventsOf(value)
          .map((event) => writer.write(event))
          .join('')
        if (framing === 'json-array') expect(JSON.parse(wire)).toBeInstanceOf(Array)
        expect(sameInput(readWire(wire, framing, cut))).toEqual(sameInput(value))
      }),
    )
  })

  it('is the same in the history a client sends back', () => {
    fc.assert(
      fc.property(reply, (value) => {
        const written = gemini.writeReply(value, context())
        const [candidate] = Array.isArray(written['candidates']) ? written['candidates'] : []
        const content = isObject(candidate) ? candidate['content'] : undefined
        const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }, content ?? null]
        const { messages } = parsed({ contents }).value
        const said = messages[1]?.content ?? []
        const told = sameInput(value).parts.map((part) => {
          if (part.type === 'file') {
            const source = { kind: 'base64', data: part.base64 }
            return { type: 'file', mediaType: part.mediaType, source }
          }
          if (part.type === 'text')
            return { type: 'text', text: part.text, signature: part.signature }
          return part
        })
        expect(said).toMatchObject(told)
      }),
    )
  })
})

const assistantPart: fc.Arbitrary<AssistantPart> = replyPart.map((part): AssistantPart => {
  if (part.type === 'file') {
    const source = { kind: 'base64' as const, data: part.base64 }
    return { type: 'file', mediaType: part.mediaType, source, filename: null }
  }
  return part
})

/** A turn of the model and the results of the calls it made. */
const turn = fc
  .tuple(fc.array(assistantPart, { minLength: 1, maxLength: 5 }), words, prose, fc.nat())
  .map(([parts, question, result, turnNumber]): Message[] => {
    const content = parts.map((part, index) =>
      part.type === 'tool-call' ? { ...part, id: `c${turnNumber}-${index}` } : part,
    )
    const calls = content.filter((part) => part.type === 'tool-call')
    const results = calls.map(({ id }) => ({
      type: 'tool-result' as const,
      callId: id,
      name: '',
      content: [{ type: 'text' as const, text: result }],
      isError: turnNumber % 2 === 0,
    }))
    return [
      { role: 'user', content: [{ type: 'text', text: question }] },
      { role: 'assistant', content },
      ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : []),
    ]
  })

function facts(messages: readonly Message[]) {
  const parts = messages.flatMap((message) => [...message.content])
  const texts = (type: 'text' | 'reasoning') =>
    parts.map((part) => (part.type === type ? part.text : '')).join('')
  const results = parts.flatMap((part) =>
    part.type === 'tool-result'
      ? { id: part.callId, isError: part.isError, content: part.content }
      : [],
  )
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' ? { id: part.id, name: part.name, input: parseJson(part.input) } : [],
  )
  const signatures = parts.flatMap((part) =>
    'signature' in part && part.signature?.dialect === 'gemini' ? part.signature.value : [],
  )
  return { text: texts('text'), reasoning: texts('reasoning'), results, calls, signatures }
}

describe('a conversation built and parsed again', () => {
  it('keeps text, reasoning, calls, results and signatures, and is stable from then on', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 3 }), (turns) => {
        const messages = turns.flat()
        const once = parsed(built(conversation({ messages })).body).value
        expect(facts(once.messages)).toEqual(facts(messages))
        expect(parsed(built(once).body).value).toEqual(once)
      }),
    )
  })

  it('keeps settings', () => {
    const settings = conversation({
      tools: [{ name: 'f', description: 'F', parameters: { type: 'object' }, strict: null }],
      toolChoice: { type: 'tool', name: 'f' },
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.25,
      topK: 4,
      stopSequences: ['a'],
      seed: 3,
      presencePenalty: 0.5,
      frequencyPenalty: 0.25,
      reasoning: { effort: null, budgetTokens: 2048, visible: true },
    })
    expect(parsed(built(settings).body).value).toEqual(settings)
    const level = { effort: 'high', budgetTokens: null, visible: false } as const
    const json = conversation({
      output: {
        type: 'json-schema',
        name: 'Shape',
        description: null,
        schema: { type: 'object', title: 'Shape' },
        strict: null,
      },
      reasoning: level,
    })
    expect(parsed(built(json, 'gemini-3-flash').body).value).toEqual(json)
  })
})

it('collects an error as the outcome', () => {
  const events = gemini.readReply({ error: { code: 400, message: 'Bad' } })
  expect(collectReply(events)).toMatchObject({ class: 'invalid_request', message: 'Bad' })
})
