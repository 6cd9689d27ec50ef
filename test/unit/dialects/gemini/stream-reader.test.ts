import { describe, expect, it } from 'vitest'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { chunk, collected, readStream } from './fixtures.ts'

const stop = { finishReason: 'STOP' }

describe('reading a stream', () => {
  it('makes one block of text that comes in chunks', () => {
    const header = { responseId: 'r1', modelVersion: 'models/gemini-2.5-flash' }
    const usage = { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 }
    expect(
      readStream([
        chunk([{ text: 'Hel' }], {}, { ...header, usageMetadata: { promptTokenCount: 4 } }),
        chunk([{ text: 'lo' }], stop, { ...header, usageMetadata: usage }),
      ]),
    ).toEqual([
      { type: 'reply-start', id: 'r1', model: 'gemini-2.5-flash' },
      { type: 'usage', usage: expect.objectContaining({ inputTokens: 4, outputTokens: 0 }) },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'Hel' },
      { type: 'usage', usage: expect.objectContaining({ inputTokens: 4, outputTokens: 2 }) },
      { type: 'text-delta', block: 0, text: 'lo' },
      { type: 'text-end', block: 0, signature: null },
      { type: 'reply-end', finish: 'stop', stopSequence: null },
    ])
  })

  it('tells thoughts from text, and gives a late signature to the text before it', () => {
    const reply = collected(
      readStream([
        chunk([{ text: 'Think', thought: true }]),
        chunk([{ text: 'ing', thought: true }]),
        chunk([{ text: 'Answer' }]),
        chunk([{ text: '', thoughtSignature: 'c2ln' }], stop),
      ]),
    )
    expect(reply.parts).toEqual([
      { type: 'reasoning', text: 'Thinking', signature: null, redacted: false },
      {
        type: 'text',
        text: 'Answer',
        signature: { dialect: 'gemini', value: 'c2ln', id: null },
        citations: [],
      },
    ])
  })

  it('takes a signature alone as hidden reasoning only where there is none to sign', () => {
    const signed = { thought: true, thoughtSignature: 'MQ==' }
    const reply = collected(
      readStream([chunk([{ text: 'a', thought: true }, signed, signed], stop)]),
    )
    expect(reply.parts).toMatchObject([
      { text: 'a', redacted: false },
      { text: '', redacted: true },
    ])
  })

  it('says what is used once, though each chunk repeats it', () => {
    const repeated = chunk([{ text: 'a' }], stop, { usageMetadata: { promptTokenCount: 4 } })
    const usages = readStream([repeated, repeated]).filter(({ type }) => type === 'usage')
    expect(usages).toHaveLength(1)
  })

  it('starts a new block after a signature', () => {
    const reply = collected(
      readStream([
        chunk([{ text: 'a', thoughtSignature: 'MQ==' }]),
        chunk([{ text: 'b', thought_signature: 'Mg==' }], stop),
      ]),
    )
    expect(reply.parts.map((part) => 'text' in part && part.text)).toEqual(['a', 'b'])
  })

  it('reads function calls, with ids made from the reply where there are none', () => {
    const calls = [
      { functionCall: { name: 'add', args: { a: 1 } }, thoughtSignature: 'c2ln' },
      { functionCall: { name: 'now' } },
      { function_call: { name: 'own', args: {}, id: 'own-1' } },
    ]
    const events = readStream([chunk(calls, stop, { responseId: 'r-1' })])
    expect(readStream([chunk(calls, stop, { responseId: 'r-1' })])).toEqual(events)
    const reply = collected(events)
    expect(reply.finish).toBe('tool-calls')
    expect(reply.parts).toMatchObject([
      { id: 'call_r-1_1', name: 'add', input: '{"a":1}', signature: { value: 'c2ln' } },
      { id: 'call_r-1_2', name: 'now', input: '{}', signature: null },
      { id: 'own-1', name: 'own', input: '{}' },
    ])
    const nameless = collected(readStream([chunk(calls, stop)]))
    expect(nameless.parts[0]).toMatchObject({ id: 'call_1' })
  })

  it('puts together arguments that come in pieces', () => {
    const piece = (part: object) => chunk([{ functionCall: { ...part, willContinue: true } }])
    const path = '$.items[0].name'
    const events = readStream([
      chunk([{ functionCall: { name: 'buy', willContinue: true }, thoughtSignature: 'c2ln' }]),
      piece({ partialArgs: [{ jsonPath: path, stringValue: 'ap', willContinue: true }] }),
      piece({ partialArgs: [{ jsonPath: path, stringValue: 'ple' }] }),
      piece({ partialArgs: [{ jsonPath: '$.items[1].price', numberValue: 0.5 }] }),
      piece({ partialArgs: [{ jsonPath: "$['odd.key']", boolValue: true }] }),
      piece({ partialArgs: [{ jsonPath: '$.none', nullValue: 'NULL_VALUE' }] }),
      piece({ partialArgs: [{ jsonPath: '$.__proto__.x', stringValue: 'y' }] }),
      piece({ partialArgs: [{ jsonPath: '$.far[99999999]', stringValue: 'left out' }] }),
      chunk([{ functionCall: {} }]),
      chunk([{ functionCall: { name: 'done' } }]),
      chunk([{ text: '' }], stop),
    ])
    const [buy, done] = collected(events).parts
    expect(buy).toMatchObject({ name: 'buy', signature: { value: 'c2ln' } })
    const input = buy?.type === 'tool-call' ? buy.input : ''
    expect(JSON.parse(input)).toEqual(
      JSON.parse(
        '{"items":[{"name":"apple"},{"price":0.5}],"odd.key":true,"none":null,' +
          '"__proto__":{"x":"y"},"far":[]}',
      ),
    )
    expect(done).toMatchObject({ name: 'done', input: '{}' })
  })

  it('reads files, and names what only Gemini has', () => {
    const events = readStream([
      chunk([{ executableCode: { code: 'print(1)' }, thoughtSignature: 'c2ln' }]),
      chunk([{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }], stop),
    ])
    expect(events).toContainEqual({ type: 'untranslated', what: 'executableCode' })
    expect(events).toContainEqual({
      type: 'file',
      block: 0,
      mediaType: 'image/png',
      base64: 'aGk=',
    })
  })

  it('gives links to the text they belong to, before it closes', () => {
    const events = readStream([
      chunk([{ text: 'See.' }, { functionCall: { name: 'f' } }], {
        ...stop,
        groundingMetadata: {
          groundingChunks: [
            { web: { uri: 'https://a.example', title: 'A' } },
            { web: { uri: 'https://a.example', title: 'A' } },
            { maps: { uri: 'https://m.example' } },
            { retrievedContext: { text: 'no address' } },
          ],
        },
        citationMetadata: { citationSources: [{ uri: 'https://c.example', title: '' }] },
      }),
    ])
    expect(events.map(({ type }) => type).slice(1, 7)).toEqual([
      'text-start',
      'text-delta',
      'citation',
      'citation',
      'citation',
      'text-end',
    ])
    expect(collected(events).parts[0]).toMatchObject({
      citations: [
        { url: 'https://a.example', title: 'A' },
        { url: 'https://m.example', title: null },
        { url: 'https://c.example', title: null },
      ],
    })
  })

  it('adds thinking and tool tokens to the totals, and ignores chunks that count nothing', () => {
    const reply = collected(
      readStream([
        chunk([{ text: 'a' }], stop, {
          usageMetadata: {
            promptTokenCount: 10,
            toolUsePromptTokenCount: 5,
            cachedContentTokenCount: 4,
            candidatesTokenCount: 7,
            thoughtsTokenCount: 3,
          },
        }),
        { usageMetadata: { trafficType: 'ON_DEMAND' } },
      ]),
    )
    expect(reply.usage).toEqual({
      inputTokens: 15,
      cachedInputTokens: 4,
      cacheWriteTokens: 0,
      outputTokens: 10,
      reasoningTokens: 3,
    })
  })

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    ['SOMETHING_NEW', 'other'],
    ['constructor', 'other'],
    [1, 'stop'],
    [2, 'length'],
    [3, 'content-filter'],
    [5, 'other'],
  ])('reads finish reason %s as %s', (finishReason, finish) => {
    expect(collected(readStream([chunk([{ text: 'a' }], { finishReason })])).finish).toBe(finish)
  })

  it('takes the last finish reason: older models say STOP in every chunk', () => {
    const reply = collected(
      readStream([chunk([{ text: 'a' }], stop), chunk([], { finishReason: 'RECITATION' })]),
    )
    expect(reply.finish).toBe('content-filter')
  })

  it('leaves further candidates out', () => {
    const second = { candidates: [{ index: 1, content: { parts: [{ text: 'other' }] } }] }
    const reply = collected(readStream([second, chunk([{ text: 'a' }], stop)]))
    expect(reply.parts).toMatchObject([{ text: 'a' }])
  })
})

describe('a stream that goes wrong', () => {
  it('is truncated without a finish reason', () => {
    const events = readStream([chunk([{ text: 'Hel' }])])
    expect(events.at(-1)).toMatchObject({ type: 'reply-error', failure: { class: 'truncated' } })
    expect(events.map(({ type }) => type)).not.toContain('reply-end')
  })

  it('carries an error of its own', () => {
    const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' }
    const events = readStream([chunk([{ text: 'a' }]), { error }, chunk([{ text: 'b' }], stop)])
    expect(events.at(-1)).toMatchObject({
      type: 'reply-error',
      failure: { class: 'overloaded', upstreamStatus: 503, message: 'The model is overloaded.' },
    })
  })

  it('is content_filtered where the prompt was blocked', () => {
    const events = readStream([
      { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } },
    ])
    expect(events.at(-1)).toMatchObject({ failure: { class: 'content_filtered', retry: 'never' } })
    expect(events).toContainEqual(expect.objectContaining({ type: 'usage' }))
  })

  it('ends as filtered where the block comes after output', () => {
    const blocked = { promptFeedback: { blockReason: 'OTHER' } }
    const reply = collected(readStream([chunk([{ text: 'a' }]), blocked]))
    expect(reply.finish).toBe('content-filter')
  })

  it('is malformed where an event is not JSON, and says so once', () => {
    const reader = gemini.streamReader('chat')
    expect(reader.read({ event: null, data: '{"cand' })).toMatchObject([
      { type: 'reply-error', failure: { class: 'malformed_reply' } },
    ])
    expect(reader.read({ event: null, data: '{}' })).toEqual([])
    expect(reader.end()).toEqual([])
  })

  it('reads nonsense without throwing', () => {
    for (const odd of [
      null,
      1,
      [],
      { candidates: 'x' },
      { candidates: [null] },
      chunk([null, 7]),
    ]) {
      expect(readStream([odd]).at(-1)).toMatchObject({ type: 'reply-error' })
    }
  })

  it('is never known to be over before its bytes end', () => {
    const reader = gemini.streamReader('chat')
    const frame = { event: null, data: JSON.stringify(chunk([{ text: 'a' }], stop)) }
    expect(reader.finished).toBe(false)
    reader.read(frame)
    expect(reader.finished).toBe(true)
    expect(reader.isTerminal(frame)).toBe(false)
    expect(gemini.isPlainDelta(frame)).toBe(false)
  })
})
