import type { Signature } from '../../../src/core/conversation.ts'
import { noUsage, type Reply, type ReplyPart } from '../../../src/core/reply.ts'

/** Replies that every dialect must be able to show as far as it can. */

const text = (value: string): ReplyPart => ({
  type: 'text',
  text: value,
  signature: null,
  citations: [],
})

const usage = { ...noUsage, inputTokens: 20, outputTokens: 10 }

const plain: Reply = {
  id: 'reply_1',
  model: 'some-model',
  parts: [text('Ulm lies on the Danube.')],
  finish: 'stop',
  stopSequence: null,
  usage,
}

export const call = (
  id: string,
  name: string,
  input: string,
  signature: Signature | null = null,
): ReplyPart => ({ type: 'tool-call', id, name, input, signature })

export const reasoning = (value: string, signature: Signature | null): ReplyPart => ({
  type: 'reasoning',
  text: value,
  signature,
  redacted: false,
})

export const replies: Readonly<Record<string, Reply>> = {
  text: plain,
  'letters of every alphabet': {
    ...plain,
    parts: [text('Grüße, 世界 — 👩‍🚀\n\t"x" \\ \u2028 </script>')],
  },
  'reasoning without a signature': {
    ...plain,
    parts: [reasoning('Hm, Ulm.', null), text('South.')],
  },
  'parallel tool calls': {
    ...plain,
    parts: [
      call('call_a', 'weather', '{"town":"Ulm"}'),
      call('call_b', 'weather', '{"town":"Bonn","days":[1,2]}'),
      call('call_c', 'clock', '{}'),
    ],
    finish: 'tool-calls',
  },
  'text before a tool call': {
    ...plain,
    parts: [text('I look.'), call('call_a', 'weather', '{"town":"Ulm"}')],
    finish: 'tool-calls',
  },
  'thought, text and tool calls by turns': {
    ...plain,
    parts: [
      reasoning('First the weather.', null),
      text('I look. '),
      call('call_a', 'weather', '{"town":"Ulm"}'),
      reasoning('Then the time.', null),
      text('And again.'),
      call('call_b', 'clock', '{}'),
    ],
    finish: 'tool-calls',
  },
  'a refusal': { ...plain, parts: [{ type: 'refusal', text: 'I will not.' }], finish: 'refusal' },
  'text up to the limit': { ...plain, parts: [text('Ulm lies on')], finish: 'length' },
  'nothing but thought up to the limit': {
    ...plain,
    parts: [reasoning('Hm, Ulm', null)],
    finish: 'length',
  },
  'a stop sequence': { ...plain, stopSequence: 'END' },
  'a content filter': { ...plain, parts: [text('Ulm')], finish: 'content-filter' },
  'tokens read from a cache and tokens thought': {
    ...plain,
    parts: [reasoning('Hm.', null), text('South.')],
    usage: { ...usage, cachedInputTokens: 12, reasoningTokens: 6 },
  },
  'tokens written to a cache': { ...plain, usage: { ...usage, cacheWriteTokens: 5 } },
  'no usage': { ...plain, usage: null },
}
