import { describe, expect, it } from 'vitest'
import { createLanguageModels } from '../../../src/adapters/language-models/language-models.ts'
import { signatureOf } from '../../../src/adapters/language-models/provider-metadata.ts'
import { createPartReader } from '../../../src/adapters/language-models/read-parts.ts'
import { collectReply } from '../../../src/core/collect-reply.ts'
import type { ReplyEvent } from '../../../src/core/reply.ts'
import { callOf, classify, fakePackage, finish, hear, sdk, usage } from './fake-model.ts'

function readAll(parts: readonly unknown[], streamed = true): ReplyEvent[] {
  const reader = createPartReader(sdk, streamed)
  return parts.flatMap((part) => reader.read(part).events)
}

const lampUsage = {
  inputTokens: 20,
  cachedInputTokens: 5,
  cacheWriteTokens: 3,
  outputTokens: 9,
  reasoningTokens: 4,
}

describe('text', () => {
  it('reads a streamed reply from its start to its end', () => {
    const parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r-1', modelId: 'lamp-1', timestamp: new Date(0) },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Let there ' },
      { type: 'text-delta', id: '0', delta: 'be light.' },
      { type: 'text-end', id: '0' },
      finish('stop'),
    ]
    expect(readAll(parts)).toEqual([
      { type: 'reply-start', id: 'r-1', model: 'lamp-1' },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Let there ' },
      { type: 'text-delta', block: 0, text: 'be light.' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'usage', usage: lampUsage },
      { type: 'reply-end', finish: 'stop', stopSequence: null },
    ])
  })

  it('numbers blocks anew when a package uses an id again', () => {
    const block = [
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'x' },
      { type: 'text-end', id: '0' },
    ]
    const reply = collectReply(readAll([...block, ...block, finish('stop')]))
    expect('parts' in reply && reply.parts.map((part) => part.type)).toEqual(['text', 'text'])
  })

  it('takes deltas without a start, and closes what nobody ended', () => {
    const events = readAll([{ type: 'text-delta', id: 'a', delta: 'hi' }, finish('length')])
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'text-start',
      'text-delta',
      'text-end',
      'usage',
      'reply-end',
    ])
  })

  it('shows nothing of a block that stays empty', () => {
    const events = readAll([
      { type: 'text-start', id: '0' },
      { type: 'text-end', id: '0' },
      finish('stop'),
    ])
    expect(events.map((event) => event.type)).toEqual(['reply-start', 'usage', 'reply-end'])
  })

  it('ignores what is no part', () => {
    expect(readAll([null, 7, 'x', {}, { type: 3 }, { type: 'raw', rawValue: {} }])).toEqual([])
  })
})

describe('reasoning', () => {
  it('keeps the metadata that came last as the signature, even with an empty delta', () => {
    const metadata = { bedrock: { signature: 'c2ln' } }
    const events = readAll([
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
      { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: metadata },
      { type: 'reasoning-end', id: '0' },
    ])
    expect(events.at(-1)).toEqual({
      type: 'reasoning-end',
      block: 0,
      signature: signatureOf(metadata, sdk),
      redacted: false,
    })
  })

  it('shows hidden reasoning, which has metadata only', () => {
    const events = readAll([
      { type: 'reasoning-start', id: '0' },
      {
        type: 'reasoning-end',
        id: '0',
        providerMetadata: { amazonBedrock: { redactedContent: 'opaque' } },
      },
    ])
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'reasoning-start',
      'reasoning-end',
    ])
    expect(events.at(-1)).toMatchObject({ redacted: true })
  })

  it('turns a block announced as text into reasoning when reasoning comes in it', () => {
    const events = readAll([
      { type: 'text-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
      { type: 'text-end', id: '0' },
    ])
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
    ])
  })
})

describe('tool calls', () => {
  const call = (input: unknown) => ({
    type: 'tool-call',
    toolCallId: 'c1',
    toolName: 'rub',
    input,
  })

  it('streams input and ends with the complete call', () => {
    const events = readAll([
      { type: 'tool-input-start', id: 'c1', toolName: 'rub' },
      { type: 'tool-input-delta', id: 'c1', delta: '{"times"' },
      { type: 'tool-input-delta', id: 'c1', delta: ': 3}' },
      { type: 'tool-input-end', id: 'c1' },
      { ...call('{"times":3}'), providerMetadata: { google: { thoughtSignature: 's' } } },
      finish('stop'),
    ])
    const reply = collectReply(events)
    expect(reply).toMatchObject({
      finish: 'tool-calls',
      parts: [{ type: 'tool-call', id: 'c1', name: 'rub', input: '{"times": 3}' }],
    })
    expect(events).toContainEqual({
      type: 'tool-call-end',
      block: 0,
      signature: signatureOf({ google: { thoughtSignature: 's' } }, sdk),
    })
  })

  it.each([
    ['without pieces', [], '{"times":3}', '{"times":3}'],
    ['without input', [], '', '{}'],
    ['with input that is no text', [], { times: 3 }, '{"times":3}'],
    ['with empty pieces', [''], '{}', '{}'],
    ['with the last piece missing', ['{"times"'], '{"times":3}', '{"times":3}'],
  ])('completes a call %s', (_name, pieces, input, expected) => {
    const deltas = pieces.map((delta) => ({ type: 'tool-input-delta', id: 'c1', delta }))
    const start = pieces.length > 0 ? [{ type: 'tool-input-start', id: 'c1', toolName: 'rub' }] : []
    const reply = collectReply(readAll([...start, ...deltas, call(input), finish('stop')]))
    expect(reply).toMatchObject({ parts: [{ name: 'rub', input: expected }] })
  })

  it('gives input in text encoding only when it is complete', () => {
    const events = readAll([
      { type: 'tool-input-start', id: 'c1', toolName: 'rub', inputEncoding: 'text' },
      { type: 'tool-input-delta', id: 'c1', delta: '*** Begin' },
      call('"*** Begin"'),
    ])
    expect(events).toContainEqual({ type: 'tool-call-delta', block: 0, input: '"*** Begin"' })
  })

  it('tells of tools that the provider runs, and does not ask the client to run them', () => {
    const events = readAll([
      { type: 'tool-input-start', id: 'c1', toolName: 'web', providerExecuted: true },
      { type: 'tool-input-delta', id: 'c1', delta: '{}' },
      { ...call('{}'), providerExecuted: true },
      { type: 'tool-result', toolCallId: 'c1', toolName: 'web', result: {} },
      finish('stop'),
    ])
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'untranslated',
      'untranslated',
      'usage',
      'reply-end',
    ])
    expect(events.at(-1)).toMatchObject({ finish: 'stop' })
  })
})

describe('sources and files', () => {
  const source = (url: string) => ({ type: 'source', sourceType: 'url', id: url, url, title: 'T' })

  it('places a source under its text, also when it comes before the text or after its end', () => {
    const events = readAll([
      source('https://a.example/'),
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'x' },
      { type: 'text-end', id: '0' },
      source('https://b.example/'),
      source('https://a.example/'),
      finish('stop'),
    ])
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'text-start',
      'text-delta',
      'citation',
      'citation',
      'text-end',
      'usage',
      'reply-end',
    ])
    expect(events[4]).toEqual({
      type: 'citation',
      block: 0,
      url: 'https://b.example/',
      title: 'T',
    })
  })

  it('reads citations given with the end of a text', () => {
    const events = readAll([
      { type: 'text-delta', id: '0', delta: 'x' },
      { type: 'text-end', id: '0', citations: [{ source: source('https://a.example/') }] },
      finish('stop'),
    ])
    expect(events).toContainEqual({
      type: 'citation',
      block: 0,
      url: 'https://a.example/',
      title: 'T',
    })
  })

  it.each([
    ['v4 base64', { type: 'data', data: 'AQI=' }],
    ['v4 bytes', { type: 'data', data: new Uint8Array([1, 2]) }],
    ['v2 base64', 'AQI='],
    ['v2 bytes', new Uint8Array([1, 2])],
  ])('reads a file given as %s', (_name, data) => {
    const events = readAll([{ type: 'file', mediaType: 'image/png', data }])
    expect(events[1]).toEqual({ type: 'file', block: 0, mediaType: 'image/png', base64: 'AQI=' })
  })
})

describe('the end', () => {
  const outcomeOf = (part: unknown, streamed = true) =>
    createPartReader(sdk, streamed).read(part).outcome

  it.each([
    ['an interrupted reply', { unified: 'interrupted', raw: undefined }],
    ['"other" without a word of the provider', { unified: 'other', raw: undefined }],
    ['the "unknown" of v2', 'unknown'],
    ['no reason at all', undefined],
  ])('takes %s for a cut', (_name, finishReason) => {
    expect(outcomeOf({ type: 'finish', usage, finishReason })).toBe('cut')
  })

  it.each([
    ['a reason the SDK has no word for', { unified: 'other', raw: 'bored' }],
    ['the "other" of v2', 'other'],
  ])('takes %s for an end', (_name, finishReason) => {
    expect(outcomeOf({ type: 'finish', usage, finishReason })).toBe('complete')
  })

  it('asks no reason of a whole reply, unless it says that it was interrupted', () => {
    const other = { type: 'finish', usage, finishReason: { unified: 'other' } }
    const cut = { type: 'finish', usage, finishReason: { unified: 'interrupted' } }
    expect(outcomeOf(other, false)).toBe('complete')
    expect(outcomeOf(cut, false)).toBe('cut')
  })

  it.each([
    [{ unified: 'content-filter', raw: 'refusal' }, 'refusal'],
    [{ unified: 'stop', raw: 'pause_turn' }, 'pause'],
    [{ unified: 'content-filter', raw: 'guardrail_intervened' }, 'content-filter'],
    ['length', 'length'],
  ])('reads %j', (finishReason, expected) => {
    const events = readAll([{ type: 'finish', usage, finishReason }])
    expect(events.at(-1)).toMatchObject({ finish: expected })
  })

  it('names the stop sequence', () => {
    const providerMetadata = { amazonBedrock: { stopSequence: 'END' } }
    const events = readAll([{ ...finish('stop'), providerMetadata }])
    expect(events.at(-1)).toMatchObject({ finish: 'stop', stopSequence: 'END' })
  })

  it.each([
    [
      'v4 without a total',
      { inputTokens: { noCache: 2, cacheRead: 3 }, outputTokens: { text: 4 } },
      [5, 3, 4],
    ],
    ['v2', { inputTokens: 8, outputTokens: 4, cachedInputTokens: 3 }, [8, 3, 4]],
    ['v2 of Anthropic', { inputTokens: 2, outputTokens: 4, cachedInputTokens: 30 }, [32, 30, 4]],
  ])('reads the usage of %s', (_name, given, [inputTokens, cachedInputTokens, outputTokens]) => {
    const events = readAll([{ type: 'finish', usage: given, finishReason: 'stop' }])
    expect(events[1]).toMatchObject({
      type: 'usage',
      usage: { inputTokens, cachedInputTokens, outputTokens },
    })
  })

  it.each([
    { inputTokens: -1, outputTokens: 5 },
    { inputTokens: 7, outputTokens: 1e18 },
    { inputTokens: { noCache: -1, cacheRead: 100 }, outputTokens: { total: 5 } },
  ])('reports no usage where it cannot be true: %j', (given) => {
    const events = readAll([{ type: 'finish', usage: given, finishReason: 'stop' }])
    expect(events.map((event) => event.type)).not.toContain('usage')
  })

  it('reports no usage where none is known', () => {
    const nothing = { inputTokens: { total: undefined }, outputTokens: { total: undefined } }
    const events = readAll([{ type: 'finish', usage: nothing, finishReason: 'stop' }])
    expect(events.map((event) => event.type)).toEqual(['reply-start', 'reply-end'])
  })
})

describe('a whole reply', () => {
  it('adds up to the same reply as its stream', async () => {
    const metadata = { bedrock: { signature: 's' } }
    const streamed = [
      { type: 'response-metadata', id: 'r', modelId: 'lamp-1' },
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm.', providerMetadata: metadata },
      { type: 'reasoning-end', id: '0' },
      { type: 'text-delta', id: '1', delta: 'Done' },
      { type: 'text-end', id: '1' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'rub', input: '{"a":1}' },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQI=' } },
      finish('stop'),
    ]
    const models = createLanguageModels({
      classify,
      importPackage: fakePackage({
        result: {
          response: { id: 'r', modelId: 'lamp-1' },
          content: [
            { type: 'reasoning', text: 'Hm.', providerMetadata: metadata },
            { type: 'text', text: 'Done' },
            { type: 'tool-call', toolCallId: 'c', toolName: 'rub', input: '{"a":1}' },
            { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQI=' } },
          ],
        },
      }).importPackage,
    })
    const whole = await hear(models, callOf({ streaming: false }))
    expect(whole.failure).toBeNull()
    expect(collectReply(whole.events)).toEqual(collectReply(readAll(streamed)))
  })
})
