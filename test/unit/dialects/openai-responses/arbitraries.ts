import fc from 'fast-check'
import type {
  AssistantPart,
  Conversation,
  FilePart,
  Message,
  Signature,
  TextPart,
} from '../../../../src/core/conversation.ts'
import type { Reply, ReplyPart, Usage } from '../../../../src/core/reply.ts'
import { emptyConversation } from './samples.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('a\n\nb', 'data: x', '{"a":1}', '💥 é'),
)
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,20}$/)
const callId = fc.oneof(name, fc.constantFrom('functions.add:0', 'a/b%3A:c', 'call_1'))
const json = fc.jsonValue().map((value) => JSON.stringify({ value }))
const opaque = fc.oneof(fc.base64String({ minLength: 4 }), fc.string({ minLength: 1 }))

/** Signatures of other dialects, which travel sealed. */
export const foreignSignature: fc.Arbitrary<Signature> = fc.record({
  dialect: fc.constantFrom('anthropic', 'gemini', 'openai'),
  value: opaque,
  id: fc.option(callId),
})
const ownSignature: fc.Arbitrary<Signature> = fc.record({
  dialect: fc.constant('openai-responses' as const),
  value: opaque.filter((value) => !value.startsWith('wb1:')),
  id: callId,
})

const tokens = fc.nat(1_000_000)
const usage: fc.Arbitrary<Usage> = fc
  .record({ plain: tokens, read: tokens, write: tokens, said: tokens, thought: tokens })
  .map(({ plain, read, write, said, thought }) => ({
    inputTokens: plain + read + write,
    cachedInputTokens: read,
    cacheWriteTokens: write,
    outputTokens: said + thought,
    reasoningTokens: thought,
  }))

const signature = fc.option(fc.oneof(foreignSignature, ownSignature))

const replyPart: fc.Arbitrary<ReplyPart> = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    text,
    signature: fc.option(foreignSignature, { freq: 3 }),
    citations: fc.array(fc.record({ url: fc.webUrl(), title: text }), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('reasoning' as const),
    text,
    signature,
    redacted: fc.constant(false),
  }),
  foreignSignature.map((signature) => ({
    type: 'reasoning' as const,
    text: '',
    signature,
    redacted: true,
  })),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({ type: fc.constant('tool-call' as const), id: callId, name, input: json, signature }),
  fc.record({
    type: fc.constant('file' as const),
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
    base64: fc.base64String({ minLength: 4 }),
  }),
)

/** Replies this dialect can show whole: unique call ids, a finish that fits the parts. */
export const reply: fc.Arbitrary<Reply> = fc
  .record({
    id: fc.option(name),
    parts: fc.uniqueArray(replyPart, {
      selector: (part) => (part.type === 'tool-call' ? part.id : part),
      maxLength: 6,
    }),
    cut: fc.constantFrom(null, 'length' as const, 'content-filter' as const),
    usage: fc.option(usage),
  })
  .map(({ id, parts, cut, usage }) => {
    const holds = (type: ReplyPart['type']) => parts.some((part) => part.type === type)
    const whole = holds('refusal') ? 'refusal' : holds('tool-call') ? 'tool-calls' : 'stop'
    return { id, model: null, parts, finish: cut ?? whole, stopSequence: null, usage }
  })

const textPart: fc.Arbitrary<TextPart> = text.map((text) => ({ type: 'text', text }))
const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    mediaType: fc.constant('image/png'),
    source: fc.record({ kind: fc.constant('base64' as const), data: fc.base64String() }),
    filename: fc.constant(null),
    detail: fc.constantFrom('low', 'high', 'auto'),
  }),
  fc.record({
    type: fc.constant('file' as const),
    mediaType: fc.constant('application/pdf'),
    source: fc.record({ kind: fc.constant('base64' as const), data: fc.base64String() }),
    filename: fc.constant('a.pdf'),
  }),
)
const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  textPart,
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({
    type: fc.constant('reasoning' as const),
    text,
    signature: ownSignature,
    redacted: fc.constant(false),
  }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: callId,
    name,
    input: json,
    signature: fc.constant(null),
  }),
)
const input = fc.array(fc.oneof(textPart, filePart), { minLength: 1, maxLength: 3 })
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constant('system' as const),
    content: fc.array(textPart, { minLength: 1, maxLength: 2 }),
    developer: fc.boolean(),
  }),
  fc.record({ role: fc.constant('user' as const), content: input }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.array(assistantPart, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    role: fc.constant('tool' as const),
    content: fc.array(
      fc.record({
        type: fc.constant('tool-result' as const),
        callId,
        name: fc.constant(''),
        content: input,
        isError: fc.constant(false),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
)

/** Conversations as this dialect can say them in full: neighbours of one role are one message. */
export const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    messages: fc.array(message, { maxLength: 6 }),
    tools: fc.uniqueArray(
      fc.record({
        name,
        description: fc.option(text),
        parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
        strict: fc.boolean(),
      }),
      { selector: (tool) => tool.name, minLength: 1, maxLength: 3 },
    ),
    toolChoice: fc.constantFrom({ type: 'auto' }, { type: 'tool', name: 'x' }, null),
    parallelToolCalls: fc.option(fc.boolean()),
    maxOutputTokens: fc.option(fc.integer({ min: 16, max: 100_000 })),
    temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
    user: fc.option(text),
    metadata: fc.dictionary(name, text, { maxKeys: 2, noNullPrototype: true }),
    reasoning: fc.constantFrom(
      null,
      { effort: 'low', budgetTokens: null, visible: true },
      { effort: 'max', budgetTokens: null, visible: null },
    ),
    output: fc.constantFrom(
      { type: 'text' },
      { type: 'json' },
      { type: 'json-schema', name: 'n', description: null, schema: { a: 1 }, strict: true },
    ),
  })
  .map((made) => ({ ...emptyConversation, ...made, messages: withoutNeighbours(made.messages) }))

function withoutNeighbours(messages: readonly Message[]): Message[] {
  const joins = (role: string) => role === 'assistant' || role === 'tool'
  return messages.filter(
    (message, index) => !(joins(message.role) && messages[index - 1]?.role === message.role),
  )
}
