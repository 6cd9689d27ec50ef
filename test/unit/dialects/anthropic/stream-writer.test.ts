import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import { type JsonValue, parseJson } from '../../../../src/core/json.ts'
import { noUsage, type ReplyEvent } from '../../../../src/core/reply.ts'
import { anthropic } from '../../../../src/dialects/anthropic/index.ts'
import { readSseBlock } from '../../../../src/dialects/sse.ts'

const context = {
  id: 'wb_1',
  model: 'fast',
  createdS: 0,
  includeUsage: false,
  framing: 'sse',
  requestBody: {},
} as const
const start: ReplyEvent = { type: 'reply-start', id: null, model: null }
const end = (finish: 'stop' | 'tool-calls' = 'stop'): ReplyEvent => ({
  type: 'reply-end',
  finish,
  stopSequence: null,
})
const text = (block: number, value: string): ReplyEvent => ({
  type: 'text-delta',
  block,
  text: value,
})
const toolStart = (block: number): ReplyEvent => ({
  type: 'tool-call-start',
  block,
  id: `t${block}`,
  name: 'f',
})
const toolDelta = (block: number, input: string): ReplyEvent => ({
  type: 'tool-call-delta',
  block,
  input,
})
const toolEnd = (block: number): ReplyEvent => ({ type: 'tool-call-end', block, signature: null })

function write(events: readonly ReplyEvent[]): string {
  const writer = anthropic.streamWriter(context)
  return events.map((event) => writer.write(event)).join('')
}

function wireEvents(events: readonly ReplyEvent[]): (JsonValue | undefined)[] {
  return write(events)
    .split('\n\n')
    .flatMap((block) => readSseBlock(block) ?? [])
    .map(({ data }) => parseJson(data))
}

async function readBySdk(events: readonly ReplyEvent[]) {
  const client = new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () =>
      new Response(write(events), { headers: { 'content-type': 'text/event-stream' } }),
  })
  const stream = client.messages.stream({
    model: 'fast',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
  })
  return stream.finalMessage()
}

describe('a stream for a client', () => {
  it('is what Anthropic sends', () => {
    expect(wireEvents([start, text(0, 'Hi'), text(0, ' you'), end()])).toMatchObject([
      { type: 'message_start', message: { id: 'wb_1', model: 'fast', content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' you' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } },
      { type: 'message_stop' },
    ])
  })

  it('is a message also without any output', async () => {
    expect(
      wireEvents([start, end()])
        .map((event) => JSON.stringify(event))
        .join(),
    ).toMatch(/message_start.*message_delta.*message_stop/)
    expect((await readBySdk([start, end()])).content).toEqual([])
  })

  it('gives the usage in full at the end, and at the start where it is known', async () => {
    const usage = { ...noUsage, inputTokens: 10, cachedInputTokens: 3, cacheWriteTokens: 2 }
    const events: ReplyEvent[] = [
      start,
      { type: 'usage', usage },
      text(0, 'Hi'),
      { type: 'usage', usage: { ...usage, outputTokens: 7 } },
      end(),
    ]
    const counts = {
      input_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
    }
    expect(wireEvents(events)[0]).toMatchObject({ message: { usage: counts } })
    const late = await readBySdk(events.toSpliced(1, 1))
    expect(late.usage).toMatchObject({ ...counts, output_tokens: 7 })
  })

  it('puts blocks one after the other where the provider mixes them', async () => {
    const message = await readBySdk([
      start,
      text(0, 'Let me see'),
      toolStart(1),
      toolDelta(1, '{"a"'),
      toolStart(2),
      toolDelta(2, '{"b"'),
      toolDelta(1, ':1}'),
      text(3, 'and'),
      toolEnd(1),
      toolDelta(2, ':2}'),
      toolEnd(2),
      { type: 'text-end', block: 0, signature: null },
      end('tool-calls'),
    ])
    expect(message.content).toMatchObject([
      { type: 'text', text: 'Let me see' },
      { type: 'tool_use', id: 't1', input: { a: 1 } },
      { type: 'tool_use', id: 't2', input: { b: 2 } },
      { type: 'text', text: 'and' },
    ])
    expect(message.stop_reason).toBe('tool_use')
  })

  it('closes what the provider left open', async () => {
    const message = await readBySdk([
      start,
      toolStart(0),
      toolDelta(0, '{}'),
      toolStart(1),
      toolStart(2),
      end('tool-calls'),
    ])
    expect(message.content).toMatchObject([{ id: 't0' }, { id: 't1' }, { id: 't2' }])
  })

  it('shows a call that comes in pieces as it comes', () => {
    const writer = anthropic.streamWriter(context)
    writer.write(start)
    expect(writer.write(toolStart(0))).toBe('')
    expect(writer.write(toolDelta(0, '{"a"'))).toBe('')
    const shown = writer.write(toolDelta(0, ':'))
    expect(shown).toContain('tool_use')
    expect(shown.match(/input_json_delta/g)).toHaveLength(2)
    expect(writer.write(toolDelta(0, '1}')).match(/input_json_delta/g)).toHaveLength(1)
  })

  it('puts the signature of a call before it, or behind where it came too late', async () => {
    const signature = { dialect: 'gemini', value: 'sig', id: null } as const
    const signed: ReplyEvent = { type: 'tool-call-end', block: 0, signature }
    const early = await readBySdk([
      start,
      toolStart(0),
      toolDelta(0, '{}'),
      signed,
      end('tool-calls'),
    ])
    expect(early.content).toMatchObject([
      { type: 'thinking', thinking: '', signature: 'wb1:gemini:t0:wb1:gemini::sig' },
      { type: 'tool_use', id: 't0' },
    ])
    const late = await readBySdk([
      start,
      toolStart(0),
      toolDelta(0, '{'),
      toolDelta(0, '}'),
      signed,
      end('tool-calls'),
    ])
    expect(late.content).toMatchObject([
      { type: 'tool_use', id: 't0', input: {} },
      { type: 'thinking', thinking: '', signature: 'wb1:gemini:t0:wb1:gemini::sig' },
    ])
  })

  it('shows thinking with its signature, also one that comes late or alone', async () => {
    const signature = { dialect: 'openai-responses', value: 'enc', id: 'rs_1' } as const
    const reasoningEnd = (block: number, redacted = false): ReplyEvent => ({
      type: 'reasoning-end',
      block,
      signature: redacted ? { dialect: 'anthropic', value: 'hidden', id: null } : signature,
      redacted,
    })
    const message = await readBySdk([
      start,
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'Hm' },
      text(1, 'So'),
      reasoningEnd(0),
      { type: 'reasoning-start', block: 2 },
      reasoningEnd(2, true),
      { type: 'reasoning-start', block: 3 },
      { type: 'reasoning-end', block: 3, signature: null, redacted: false },
      end(),
    ])
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm', signature: 'wb1:openai::' },
      { type: 'text', text: 'So' },
      { type: 'thinking', thinking: '', signature: 'wb1:openai-responses:rs_1:enc' },
      { type: 'redacted_thinking', data: 'hidden' },
    ])
  })

  it('shows citations and refusals', async () => {
    const message = await readBySdk([
      start,
      text(0, 'So'),
      { type: 'citation', block: 0, url: 'https://x', title: 'X' },
      { type: 'refusal-delta', block: 1, text: 'No.' },
      end(),
    ])
    expect(message.content).toMatchObject([
      { type: 'text', text: 'So', citations: [{ url: 'https://x', title: 'X' }] },
      { type: 'text', text: 'No.' },
    ])
    expect(message.stop_reason).toBe('refusal')
  })

  it('writes nothing for what has no form', () => {
    const writer = anthropic.streamWriter(context)
    const silent: ReplyEvent[] = [
      start,
      { type: 'untranslated', what: 'web_search' },
      { type: 'file', block: 0, mediaType: 'image/png', base64: 'AAAA' },
      text(1, ''),
      { type: 'text-start', block: 1 },
      { type: 'text-end', block: 1, signature: null },
    ]
    expect(silent.map((event) => writer.write(event)).join('')).toBe('')
  })

  it('ends with an error the SDK throws, never as if it were whole', async () => {
    const broken: ReplyEvent = { type: 'reply-error', failure: failure('overloaded', 'Full.') }
    await expect(readBySdk([start, text(0, 'Hi'), broken])).rejects.toThrow('Full.')
    expect(write([start, text(0, 'Hi'), broken])).not.toContain('message_stop')
  })

  it('survives texts with line breaks of every kind', async () => {
    const odd = 'a\nb\r\nc\u2028d\n\nevent: error\ndata: {}\n\n'
    const message = await readBySdk([start, text(0, odd), end()])
    expect(message.content).toMatchObject([{ type: 'text', text: odd }])
  })
})
