import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { Conversation, Message, Signature } from '../../../../src/core/conversation.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Reply, ReplyEvent, ReplyPart } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import { readSseBlock } from '../../../../src/dialects/sse.ts'

const context = {
  id: 'wb_1',
  model: 'claude-sonnet-4-5',
  createdS: 0,
  includeUsage: false,
  framing: 'sse',
  requestBody: {},
} as const

const words = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter((text) => text.trim() === text && text !== '')
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const input = fc
  .dictionary(words, fc.jsonValue({ maxDepth: 2 }))
  .map((value) => JSON.stringify(value))
const own: fc.Arbitrary<Signature> = words.map((value) => ({
  dialect: 'anthropic',
  value,
  id: null,
}))
const tokens = fc.nat(100_000)

const textPart = words.map(
  (text): ReplyPart => ({ type: 'text', text, signature: null, citations: [] }),
)
const reasoningPart = fc
  .record({ text: words, signature: fc.option(own) })
  .map((fields): ReplyPart => ({ type: 'reasoning', redacted: false, ...fields }))
const redactedPart = own.map(
  (signature): ReplyPart => ({ type: 'reasoning', text: '', signature, redacted: true }),
)
const toolPart = fc
  .record({ id: fc.string({ minLength: 1 }), name, input })
  .map((fields): ReplyPart => ({ type: 'tool-call', signature: null, ...fields }))

const reply: fc.Arbitrary<Reply> = fc
  .record({
    id: name,
    parts: fc.array(fc.oneof(textPart, reasoningPart, redactedPart, toolPart), { maxLength: 6 }),
    finish: fc.constantFrom('length' as const, 'pause' as const, 'refusal' as const),
    usage: fc.record({ plain: tokens, cached: tokens, written: tokens, output: tokens }),
  })
  .map(({ usage, ...rest }) => ({
    ...rest,
    model: context.model,
    stopSequence: null,
    usage: {
      inputTokens: usage.plain + usage.cached + usage.written,
      cachedInputTokens: usage.cached,
      cacheWriteTokens: usage.written,
      outputTokens: usage.output,
      reasoningTokens: Math.floor(usage.output / 2),
    },
  }))

/** Ids that Anthropic does not take read as they are written. */
const withWireIds = (value: Reply): Reply => ({
  ...value,
  parts: value.parts.map((part) =>
    part.type === 'tool-call' ? { ...part, id: wireId(part.id) } : part,
  ),
})

function wireId(id: string): string {
  const parts: Reply['parts'] = [{ type: 'tool-call', id, name: 'f', input: '{}', signature: null }]
  const written = anthropic.writeReply(
    { id: null, model: null, parts, finish: 'stop', stopSequence: null, usage: null },
    context,
  )
  return String(/"id":"([\w-]+)","name"/.exec(JSON.stringify(written))?.[1])
}

function eventsOf({ parts, ...rest }: Reply, pieceLength: number): ReplyEvent[] {
  const events: ReplyEvent[] = [{ type: 'reply-start', id: rest.id, model: rest.model }]
  parts.forEach((part, block) => {
    switch (part.type) {
      case 'text':
        events.push({ type: 'text-start', block })
        for (const text of pieces(part.text, pieceLength))
          events.push({ type: 'text-delta', block, text })
        events.push({ type: 'text-end', block, signature: null })
        break
      case 'reasoning':
        events.push({ type: 'reasoning-start', block })
        for (const text of pieces(part.text, pieceLength)) {
          events.push({ type: 'reasoning-delta', block, text })
        }
        events.push({
          type: 'reasoning-end',
          block,
          signature: part.signature,
          redacted: part.redacted,
        })
        break
      case 'tool-call':
        events.push({ type: 'tool-call-start', block, id: part.id, name: part.name })
        for (const piece of pieces(part.input, pieceLength)) {
          events.push({ type: 'tool-call-delta', block, input: piece })
        }
        events.push({ type: 'tool-call-end', block, signature: null })
        break
    }
  })
  if (rest.usage !== null) events.push({ type: 'usage', usage: rest.usage })
  events.push({ type: 'reply-end', finish: rest.finish, stopSequence: null })
  return events
}

function pieces(text: string, length: number): string[] {
  const found: string[] = []
  for (let at = 0; at < text.length; at += length) found.push(text.slice(at, at + length))
  return found
}

function readStream(wire: string) {
  const reader = anthropic.streamReader('chat')
  const frames = wire.split('\n\n').flatMap((block) => readSseBlock(block) ?? [])
  return collectReply([...frames.flatMap((frame) => reader.read(frame)), ...reader.end()])
}

describe('a reply', () => {
  it('reads as it was written', () => {
    fc.assert(
      fc.property(reply, (value) => {
        const read = collectReply(anthropic.readReply(anthropic.writeReply(value, context)))
        expect(read).toEqual(withWireIds(value))
      }),
    )
  })

  it('reads as it was written in a stream, in pieces of any length', () => {
    fc.assert(
      fc.property(reply, fc.integer({ min: 1, max: 9 }), (value, length) => {
        const writer = anthropic.streamWriter(context)
        const wire = eventsOf(value, length).map((event) => writer.write(event))
        expect(readStream(wire.join(''))).toEqual(withWireIds(value))
      }),
    )
  })
})

/** Events of all blocks in any order that keeps the order within each block. */
function shuffled(value: Reply, order: readonly number[]): ReplyEvent[] {
  const events = eventsOf(value, 3)
  const blocks = new Map<number, ReplyEvent[]>()
  for (const event of events) {
    if ('block' in event) blocks.set(event.block, [...(blocks.get(event.block) ?? []), event])
  }
  const queues = [...blocks.values()]
  const mixed: ReplyEvent[] = []
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn++) {
    const left = queues.filter((queue) => queue.length > 0)
    const next = left[(order[turn % order.length] ?? 0) % left.length]?.shift()
    if (next !== undefined) mixed.push(next)
  }
  return [...events.slice(0, 1), ...mixed, ...events.filter(({ type }) => type === 'reply-end')]
}

describe('a stream whose blocks are mixed', () => {
  it('loses no tool call and no word', () => {
    const parts = fc.array(fc.oneof(textPart, reasoningPart, toolPart), {
      minLength: 1,
      maxLength: 5,
    })
    const order = fc.array(fc.nat(9), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(reply, parts, order, (base, mixed, turns) => {
        const value = { ...base, parts: mixed }
        const writer = anthropic.streamWriter(context)
        const wire = shuffled(value, turns).map((event) => writer.write(event))
        const read = readStream(wire.join(''))
        expect('class' in read ? read : letters(read)).toEqual(letters(withWireIds(value)))
      }),
    )
  })
})

/**
 * Tool calls as they are, and how much is said and thought: mixed texts are cut in other places.
 */
function letters({ parts }: Reply) {
  const lengthOf = (type: 'text' | 'reasoning') =>
    parts.reduce((sum, part) => sum + (part.type === type ? part.text.length : 0), 0)
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' ? [`${part.id} ${part.name} ${part.input}`] : [],
  )
  return {
    said: lengthOf('text'),
    thought: lengthOf('reasoning'),
    calls: calls.sort(),
    signatures: parts
      .flatMap((part) => (part.type === 'reasoning' ? (part.signature?.value ?? []) : []))
      .sort(),
  }
}

const cache = fc.option(fc.constant({ type: 'ephemeral' }), { nil: undefined })
const marked = <T>(part: fc.Arbitrary<T>) =>
  fc
    .tuple(part, cache)
    .map(([value, mark]) => (mark === undefined ? value : { ...value, cache: mark }))
const plainText = marked(words.map((text) => ({ type: 'text' as const, text })))
const image = marked(
  fc.constant({
    type: 'file' as const,
    mediaType: 'image/png',
    source: { kind: 'base64' as const, data: 'iVBORw0KGgo=' },
    filename: null,
  }),
)
const userTurn: fc.Arbitrary<Message> = fc
  .array(fc.oneof(plainText, image), { minLength: 1, maxLength: 3 })
  .map((content) => ({ role: 'user', content }))

const toolTurns: fc.Arbitrary<Message[]> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    name,
    input,
    thought: fc.option(fc.record({ text: words, signature: own })),
    content: fc.array(fc.oneof(plainText, image), { maxLength: 2 }),
    isError: fc.boolean(),
  })
  .map(({ id, name: tool, input: text, thought, content, isError }) => [
    {
      role: 'assistant',
      content: [
        ...(thought === null ? [] : [{ type: 'reasoning' as const, redacted: false, ...thought }]),
        { type: 'tool-call', id, name: tool, input: text, signature: null },
      ],
    },
    { role: 'tool', content: [{ type: 'tool-result', callId: id, name: '', content, isError }] },
  ])

const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    instructions: fc.array(plainText, { maxLength: 2 }),
    first: userTurn,
    turns: fc.array(toolTurns, { maxLength: 3 }),
    choice: fc.constantFrom<Conversation['toolChoice']>(
      null,
      { type: 'auto' },
      { type: 'required' },
    ),
    parallel: fc.constantFrom(null, false),
    limit: fc.integer({ min: 1, max: 64_000 }),
    temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    stop: fc.array(words, { maxLength: 2 }),
    user: fc.option(words),
  })
  .map((fields) => ({
    messages: [
      ...(fields.instructions.length === 0
        ? []
        : [{ role: 'system' as const, content: fields.instructions, developer: false }]),
      fields.first,
      ...fields.turns.flat(),
    ],
    tools: [{ name: 'f', description: 'F', parameters: { type: 'object' }, strict: null }],
    toolChoice: fields.parallel === false ? (fields.choice ?? { type: 'auto' }) : fields.choice,
    parallelToolCalls: fields.parallel,
    output: { type: 'text' },
    maxOutputTokens: fields.limit,
    temperature: fields.temperature,
    topP: null,
    topK: null,
    stopSequences: fields.stop,
    seed: null,
    presencePenalty: null,
    frequencyPenalty: null,
    reasoning: null,
    user: fields.user,
    metadata: {},
  }))

function built(value: Conversation): JsonObject {
  const outcome = anthropic.buildRequest(value, {
    model: context.model,
    streaming: false,
    quirks: {},
  })
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value.value.body
}

describe('a conversation', () => {
  it('parses as it was built', () => {
    fc.assert(
      fc.property(conversation, (value) => {
        const parsed = anthropic.parseRequest(built(value))
        expect(parsed.ok && parsed.value.value).toEqual(value)
      }),
    )
  })

  it('goes back to the provider as its reply came, for every signature of another dialect', () => {
    const foreign = fc.record<Signature>({
      dialect: fc.constantFrom('gemini' as const, 'openai-responses' as const),
      value: words,
      id: fc.option(name),
    })
    const call = fc.record({ id: fc.string({ minLength: 1 }), name, input, signature: foreign })
    fc.assert(
      fc.property(
        fc.uniqueArray(call, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
        (calls) => {
          const parts = calls.map((fields) => ({ type: 'tool-call' as const, ...fields }))
          const written = anthropic.writeReply(
            { id: null, model: null, parts, finish: 'tool-calls', stopSequence: null, usage: null },
            context,
          )
          const turn = { role: 'assistant', content: written['content'] }
          const parsed = anthropic.parseRequest({ max_tokens: 1, messages: [turn] })
          expect(parsed.ok && parsed.value.value.messages[0]?.content).toEqual(parts)
        },
      ),
    )
  })
})
