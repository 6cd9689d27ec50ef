import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../../src/core/collect-reply.ts'
import type { Conversation, Message, Signature } from '../../../../src/core/conversation.ts'
import { arrayAt, isObject, type JsonValue, objectAt } from '../../../../src/core/json.ts'
import type { FinishReason, Reply, ReplyEvent, ReplyPart } from '../../../../src/core/reply.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'
import { readSseBlock } from '../../../../src/dialects/sse.ts'

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
const input = fc
  .dictionary(name, fc.jsonValue({ maxDepth: 2 }))
  .map((value) => JSON.stringify(value))
const base64 = fc.stringMatching(/^(?:[A-Za-z0-9+/]{4}){1,4}$/)
/** JSON has no negative zero. */
const decimal = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => value + 0)
const count = fc.nat({ max: 100_000 })

const foreign: fc.Arbitrary<Signature> = fc.record({
  dialect: fc.constantFrom('anthropic' as const, 'openai-responses' as const, 'gemini' as const),
  value: fc.stringMatching(/^[\w+/=:]{1,30}$/),
  id: fc.option(fc.stringMatching(/^rs_[a-f0-9]{1,8}$/)),
})
const thought: fc.Arbitrary<Signature> = fc.record({
  dialect: fc.constant('gemini' as const),
  value: fc.stringMatching(/^[A-Za-z0-9+/=]{1,30}$/),
  id: fc.constant(null),
})

const usage = fc
  .record({ input: count, output: count, cached: fc.nat(), reasoning: fc.nat() })
  .map(({ input: inputTokens, output: outputTokens, cached, reasoning }) => ({
    inputTokens,
    outputTokens,
    cachedInputTokens: cached % (inputTokens + 1),
    cacheWriteTokens: 0,
    reasoningTokens: reasoning % (outputTokens + 1),
  }))

const textPart = word.map(
  (text): ReplyPart => ({ type: 'text', text, signature: null, citations: [] }),
)
const callPart = fc
  .record({ id: fc.uuid(), name, input, signature: fc.option(thought) })
  .map((part): ReplyPart => ({ type: 'tool-call', ...part }))
const filePart = base64.map(
  (data): ReplyPart => ({ type: 'file', mediaType: 'image/png', base64: data }),
)
const reasoningPart = word.map(
  (text): ReplyPart => ({ type: 'reasoning', text, signature: null, redacted: false }),
)

/** In the order Chat Completions has room for: one thought, one text, files, calls. */
const reply: fc.Arbitrary<Reply> = fc
  .record({
    reasoning: fc.array(reasoningPart, { maxLength: 1 }),
    text: fc.array(textPart, { maxLength: 1 }),
    files: fc.array(filePart, { maxLength: 2 }),
    calls: fc.array(callPart, { maxLength: 3 }),
    length: fc.boolean(),
    usage,
  })
  .map(({ reasoning, text, files, calls, length, usage: used }) => {
    const usual: FinishReason = calls.length > 0 ? 'tool-calls' : 'stop'
    return {
      id: 'chatcmpl-1',
      model: 'fast',
      parts: [...reasoning, ...text, ...files, ...calls],
      finish: length ? 'length' : usual,
      stopSequence: null,
      usage: used,
    }
  })

const context = {
  id: 'wb_1',
  model: 'fast',
  createdS: 1,
  includeUsage: true,
  framing: 'sse' as const,
  requestBody: {},
}

function partEvents(part: ReplyPart, block: number): ReplyEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', block },
        ...[...part.text].map((text) => ({ type: 'text-delta' as const, block, text })),
        { type: 'text-end', block, signature: part.signature },
      ]
    case 'reasoning':
      return [
        { type: 'reasoning-start', block },
        { type: 'reasoning-delta', block, text: part.text },
        { type: 'reasoning-end', block, signature: part.signature, redacted: part.redacted },
      ]
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

function eventsOf(given: Reply): ReplyEvent[] {
  const blocks = given.parts.flatMap(partEvents)
  return [
    { type: 'reply-start', id: given.id, model: given.model },
    ...blocks,
    ...(given.usage === null ? [] : [{ type: 'usage' as const, usage: given.usage }]),
    { type: 'reply-end', finish: given.finish, stopSequence: null },
  ]
}

function stream(given: Reply): string {
  const writer = openai.streamWriter(context)
  return eventsOf(given)
    .map((event) => writer.write(event))
    .join('')
}

function readStream(wire: string): ReplyEvent[] {
  const reader = openai.streamReader('chat')
  const frames = wire
    .split('\n\n')
    .map(readSseBlock)
    .filter((frame) => frame !== null)
  return [...frames.flatMap((frame) => reader.read(frame)), ...reader.end()]
}

describe('a reply', () => {
  it('is read whole as it was written', () => {
    fc.assert(
      fc.property(reply, (given) => {
        expect(collectReply(openai.readReply(openai.writeReply(given, context)))).toEqual(given)
      }),
    )
  })

  it('is read from a stream as it was written', () => {
    fc.assert(
      fc.property(reply, (given) => {
        expect(collectReply(readStream(stream(given)))).toEqual(given)
      }),
    )
  })

  it('has no plain delta that says more than output', () => {
    fc.assert(
      fc.property(reply, (given) => {
        for (const block of stream(given).split('\n\n')) {
          const frame = readSseBlock(block)
          if (frame === null || !openai.isPlainDelta(frame)) continue
          expect(frame.data).toContain('"finish_reason":null')
          expect(JSON.parse(frame.data)).not.toHaveProperty('usage')
        }
      }),
    )
  })

  const signed = fc.array(
    fc.record({
      type: fc.constant('reasoning' as const),
      text: word,
      signature: foreign,
      redacted: fc.constant(false),
    }),
    { minLength: 1, maxLength: 3 },
  )

  it('that a client sends back still has its signatures, whole or streamed', () => {
    fc.assert(
      fc.property(signed, fc.array(callPart, { maxLength: 2 }), (reasoning, calls) => {
        const given: Reply = {
          id: null,
          model: null,
          parts: [...reasoning, ...calls],
          finish: 'stop',
          stopSequence: null,
          usage: null,
        }
        const whole = arrayAt(openai.writeReply(given, context), 'choices')[0]
        for (const message of [objectAt(whole, 'message') ?? {}, accumulated(stream(given))]) {
          const parsed = openai.parseRequest({ messages: [{ ...message, role: 'assistant' }] })
          expect(parsed.ok && parsed.value.value.messages[0]?.content).toEqual(given.parts)
        }
      }),
    )
  })
})

/** What a client keeps of a stream that appends the entries of lists and joins strings. */
function accumulated(wire: string): Record<string, JsonValue> {
  const details: JsonValue[] = []
  const calls: Record<string, JsonValue | undefined>[] = []
  for (const block of wire.split('\n\n')) {
    if (!block.startsWith('data: {')) continue
    const delta = objectAt(arrayAt(JSON.parse(block.slice(6)), 'choices')[0], 'delta')
    details.push(...arrayAt(delta ?? undefined, 'reasoning_details'))
    for (const entry of arrayAt(delta ?? undefined, 'tool_calls').filter(isObject)) {
      const known = calls[Number(entry['index'])]
      if (known === undefined) {
        calls.push(entry)
        continue
      }
      const added = String(objectAt(entry, 'function')?.['arguments'] ?? '')
      const called = objectAt(known, 'function') ?? {}
      known['function'] = { ...called, arguments: `${called['arguments']}${added}` }
      if (entry['extra_content'] !== undefined) known['extra_content'] = entry['extra_content']
    }
  }
  return { reasoning_details: details, ...(calls.length > 0 && { tool_calls: calls }) }
}

const text = word.map((value) => ({ type: 'text' as const, text: value }))
const image = base64.map((data) => ({
  type: 'file' as const,
  mediaType: 'image/png',
  source: { kind: 'base64' as const, data },
  filename: null,
  detail: null,
}))
const toolCall = fc.record({
  type: fc.constant('tool-call' as const),
  id: fc.stringMatching(/^call_[a-z0-9]{4,20}$/),
  name,
  input,
  signature: fc.constant(null),
})

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constant('system' as const),
    content: fc.tuple(text),
    developer: fc.boolean(),
  }),
  fc.record({
    role: fc.constant('user' as const),
    content: fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
  }),
  fc
    .record({ said: fc.array(text, { maxLength: 1 }), calls: fc.array(toolCall, { maxLength: 2 }) })
    .map(({ said, calls }) => ({ role: 'assistant' as const, content: [...said, ...calls] })),
)

const results = fc.array(
  fc.record({
    type: fc.constant('tool-result' as const),
    callId: fc.stringMatching(/^call_[a-z0-9]{4,20}$/),
    name: fc.constant(''),
    content: fc.tuple(text),
    isError: fc.constant(false),
  }),
  { minLength: 1, maxLength: 3 },
)

const conversation: fc.Arbitrary<Conversation> = fc.record({
  messages: fc
    .tuple(fc.array(message, { minLength: 1, maxLength: 4 }), fc.option(results))
    .map(([messages, content]): Message[] =>
      content === null ? messages : [...messages, { role: 'tool', content }],
    ),
  tools: fc.array(
    fc.record({
      name,
      description: fc.option(word),
      parameters: fc.constant({ type: 'object', properties: {} }),
      strict: fc.option(fc.boolean()),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  toolChoice: fc.option(
    fc.oneof(
      fc.constantFrom({ type: 'auto' as const }, { type: 'none' as const }),
      name.map((chosen) => ({ type: 'tool' as const, name: chosen })),
    ),
  ),
  parallelToolCalls: fc.option(fc.boolean()),
  output: fc.oneof(
    fc.constant({ type: 'text' as const }),
    fc.record({
      type: fc.constant('json-schema' as const),
      name,
      description: fc.option(word),
      schema: fc.constant({ type: 'object' }),
      strict: fc.option(fc.boolean()),
    }),
  ),
  maxOutputTokens: fc.option(fc.integer({ min: 1, max: 9999 })),
  temperature: fc.option(decimal(0, 2)),
  topP: fc.option(decimal(0, 1)),
  topK: fc.constant(null),
  stopSequences: fc.array(word, { maxLength: 2 }),
  seed: fc.option(fc.nat()),
  presencePenalty: fc.option(decimal(-2, 2)),
  frequencyPenalty: fc.option(decimal(-2, 2)),
  reasoning: fc.option(
    fc.record({
      effort: fc.constantFrom('minimal' as const, 'low' as const, 'xhigh' as const),
      budgetTokens: fc.constant(null),
      visible: fc.constant(null),
    }),
  ),
  user: fc.option(word),
  metadata: fc.constant({}),
})

describe('a conversation', () => {
  it('is parsed as it was built', () => {
    fc.assert(
      fc.property(conversation, (given) => {
        const built = openai.buildRequest(given, { model: 'm', streaming: true, quirks: {} })
        if (!built.ok) throw new Error(built.failure.message)
        const body = JSON.parse(JSON.stringify(built.value.value.body))
        expect(openai.parseRequest(body)).toEqual({
          ok: true,
          value: { value: given, warnings: [] },
        })
      }),
    )
  })
})
