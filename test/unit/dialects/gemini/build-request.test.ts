import { describe, expect, it } from 'vitest'
import type { FilePart, Message, Signature } from '../../../../src/core/conversation.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { built, conversation } from './fixtures.ts'

const own = (value: string): Signature => ({ dialect: 'gemini', value, id: null })
const foreign: Signature = { dialect: 'anthropic', value: 'abc', id: null }

function body(messages: Message[], model?: string) {
  return built(conversation({ messages }), model).body
}

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

describe('building a request', () => {
  it('chooses the path by streaming', () => {
    expect(built(conversation()).endpoint.path).toBe('/models/{model}:generateContent')
    expect(built(conversation(), 'm', true).endpoint).toMatchObject({
      path: '/models/{model}:streamGenerateContent',
      streams: 'sse',
    })
  })

  it('merges roles and moves rules to the top', () => {
    const system = (text: string): Message => ({
      role: 'system',
      content: [{ type: 'text', text }],
      developer: false,
    })
    const messages = [system('A'), user('Hi'), user('there'), system('B')]
    const request = built(conversation({ messages }))
    expect(request.body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }, { text: 'there' }] }],
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
    })
    expect(request.warnings).toEqual([expect.stringContaining('moved to its beginning')])
    expect(body([system('A')])).toEqual({ contents: [{ role: 'user', parts: [{ text: 'A' }] }] })
  })

  it('looks up the names of results, and keeps ids', () => {
    const { contents } = body([
      user('Add'),
      {
        role: 'assistant',
        content: [{ type: 'tool-call', id: 'c1', name: 'add', input: '{"a":1}' }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c1',
            name: '',
            content: [{ type: 'text', text: '{"sum":2}' }],
            isError: false,
          },
        ],
      },
    ])
    expect(contents).toMatchObject([
      {},
      { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'add', args: { a: 1 } } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c1', name: 'add', response: { sum: 2 } } }],
      },
    ])
  })

  it.each([
    ['plain', false, { output: 'plain' }],
    ['[1]', false, { output: '[1]' }],
    ['{"id":12345678901234567890}', false, { output: '{"id":12345678901234567890}' }],
    ['broken', true, { error: 'broken' }],
  ])('answers a function with %s (error: %s) as %j', (text, isError, response) => {
    const { contents } = body([
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', input: '' }] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c',
            name: '',
            content: [{ type: 'text', text }],
            isError,
          },
        ],
      },
    ])
    expect(contents).toMatchObject([{}, { parts: [{ functionResponse: { response } }] }])
  })

  it('restores its own signatures and drops those of others', () => {
    const { contents } = body([
      user('Hi'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', signature: foreign, redacted: false },
          { type: 'reasoning', text: '', signature: foreign, redacted: true },
          { type: 'reasoning', text: 'so', signature: own('MQ=='), redacted: false },
          { type: 'text', text: 'Yes', signature: own('Mg==') },
          { type: 'tool-call', id: 'c', name: 'f', input: '{}', signature: own('Mw==') },
        ],
      },
    ])
    expect(contents).toMatchObject([
      {},
      {
        parts: [
          { text: 'hm', thought: true },
          { text: 'so', thought: true, thoughtSignature: 'MQ==' },
          { text: 'Yes', thoughtSignature: 'Mg==' },
          { functionCall: { name: 'f' }, thoughtSignature: 'Mw==' },
        ],
      },
    ])
  })

  it('lets the first unsigned call of a step pass at Gemini 3', () => {
    const call = (id: string) => ({ type: 'tool-call' as const, id, name: 'f', input: '{}' })
    const messages: Message[] = [user('Hi'), { role: 'assistant', content: [call('a'), call('b')] }]
    const signatures = (model: string) =>
      JSON.stringify(body(messages, model)).match(/skip_thought_signature_validator/g)?.length ?? 0
    expect(signatures('gemini-3-pro-preview')).toBe(1)
    expect(signatures('gemini-3.5-flash')).toBe(1)
    expect(signatures('gemini-flash-latest')).toBe(1)
    expect(signatures('gemini-2.5-flash')).toBe(0)
    const signed = { ...call('a'), signature: own('MQ==') }
    const history: Message[] = [user('Hi'), { role: 'assistant', content: [signed, call('b')] }]
    expect(JSON.stringify(body(history, 'gemini-3-flash'))).not.toContain('skip_thought')
  })

  it('keeps unreadable tool input readable', () => {
    const messages: Message[] = [
      user('Hi'),
      { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', input: '{"a":' }] },
    ]
    expect(JSON.stringify(body(messages))).toContain('"args":{"_invalid_json":"{\\"a\\":"}')
  })
})

describe('media', () => {
  const part = (source: FilePart['source'], mediaType = 'image/*'): FilePart => ({
    type: 'file',
    mediaType,
    source,
    filename: 'notes.txt',
  })
  const inRequest = (file: FilePart) =>
    built(conversation({ messages: [{ role: 'user', content: [file] }] }))
  const first = (file: FilePart) => inRequest(file).body['contents']

  it('is sent by value, by address, as text', () => {
    expect(first(part({ kind: 'base64', data: 'iVBORw0KGgoAAA' }))).toMatchObject([
      { parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgoAAA' } }] },
    ])
    expect(first(part({ kind: 'url', url: 'https://a.example/b.webp?x=1' }))).toMatchObject([
      {
        parts: [{ fileData: { fileUri: 'https://a.example/b.webp?x=1', mimeType: 'image/webp' } }],
      },
    ])
    expect(
      first(part({ kind: 'id', id: 'gs://b/c', dialect: 'gemini' }, 'image/png')),
    ).toMatchObject([{ parts: [{ fileData: { fileUri: 'gs://b/c', mimeType: 'image/png' } }] }])
    expect(first(part({ kind: 'text', text: 'Hi' }))).toMatchObject([
      { parts: [{ text: 'notes.txt:\nHi' }] },
    ])
  })

  it('warns where Google must fetch it', () => {
    const video = part({ kind: 'url', url: 'https://www.youtube.com/watch?v=1' }, 'video/*')
    expect(inRequest(video).warnings).toEqual([])
    expect(inRequest(part({ kind: 'url', url: 'https://a.example/b' })).warnings).toHaveLength(1)
  })

  it('stored at another provider is refused', () => {
    const file = part({ kind: 'id', id: 'file-1', dialect: 'openai' })
    const value = conversation({ messages: [{ role: 'user', content: [file] }] })
    expect(gemini.buildRequest(value, { model: 'm', streaming: false, quirks: {} })).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', retry: 'other' },
    })
  })

  it('of a tool stands in the response at Gemini 3 and beside it before', () => {
    const messages: Message[] = [
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', input: '' }] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c',
            name: 'f',
            content: [part({ kind: 'base64', data: 'aGk=' }, 'image/png')],
            isError: false,
          },
        ],
      },
    ]
    const inlineData = { mimeType: 'image/png', data: 'aGk=' }
    expect(body(messages, 'gemini-3-flash')['contents']).toMatchObject([
      {},
      { parts: [{ functionResponse: { response: {}, parts: [{ inlineData }] } }] },
    ])
    expect(body(messages)['contents']).toMatchObject([
      {},
      { parts: [{ functionResponse: { response: {} } }, { inlineData }] },
    ])
  })
})

describe('settings', () => {
  const tools = [{ name: 'f', description: null, parameters: { type: 'object' }, strict: true }]
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const output = {
    type: 'json-schema',
    name: 'n',
    description: null,
    schema,
    strict: null,
  } as const

  it('are carried over', () => {
    const request = built(
      conversation({
        temperature: 0,
        topP: 0.5,
        topK: 3,
        maxOutputTokens: 10,
        stopSequences: ['x'],
        seed: 1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        tools,
        toolChoice: { type: 'tool', name: 'f' },
        parallelToolCalls: false,
      }),
    )
    expect(request.body).toMatchObject({
      generationConfig: {
        temperature: 0,
        topP: 0.5,
        topK: 3,
        maxOutputTokens: 10,
        stopSequences: ['x'],
        seed: 1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
      },
      tools: [
        {
          functionDeclarations: [
            { name: 'f', description: '', parametersJsonSchema: { type: 'object' } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    })
    expect(request.warnings).toEqual([expect.stringContaining('one tool at a time')])
  })

  it('keep the stop sequences Google takes', () => {
    const request = built(conversation({ stopSequences: ['1', '2', '3', '4', '5', '6'] }))
    expect(request.body['generationConfig']).toEqual({ stopSequences: ['1', '2', '3', '4', '5'] })
    expect(request.warnings).toHaveLength(1)
  })

  it('hold the model to JSON, or ask for it in words where tools forbid it', () => {
    expect(built(conversation({ output })).body['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
    const withTools = conversation({ output, tools })
    expect(built(withTools, 'gemini-3-flash').body['generationConfig']).toMatchObject({
      responseJsonSchema: schema,
    })
    const older = built(withTools)
    expect(older.body['generationConfig']).toBeUndefined()
    expect(JSON.stringify(older.body['systemInstruction'])).toContain('one JSON value')
    expect(older.warnings).toHaveLength(1)
  })

  it.each([
    ['gemini-2.5-flash', 'low', null, { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-2.5-flash', 'none', null, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', null, { thinkingBudget: 128 }],
    ['gemini-2.5-flash', 'max', null, { thinkingBudget: 24576, includeThoughts: true }],
    ['gemini-2.5-flash', null, 100_000, { thinkingBudget: 24576, includeThoughts: true }],
    ['gemini-2.5-pro', null, 100_000, { thinkingBudget: 32768, includeThoughts: true }],
    ['gemini-2.5-flash-lite', null, 100, { thinkingBudget: 512, includeThoughts: true }],
    [
      'gemini-3-flash-preview',
      'minimal',
      null,
      { thinkingLevel: 'minimal', includeThoughts: true },
    ],
    ['gemini-3.1-pro-preview', 'minimal', null, { thinkingLevel: 'low', includeThoughts: true }],
    ['gemini-3.1-pro-preview', 'xhigh', null, { thinkingLevel: 'high', includeThoughts: true }],
    ['gemini-3-flash-preview', 'none', null, { thinkingLevel: 'minimal' }],
  ] as const)('make %s think %s (%s tokens)', (model, effort, budgetTokens, thinkingConfig) => {
    const value = conversation({ reasoning: { effort, budgetTokens, visible: null } })
    expect(built(value, model).body['generationConfig']).toEqual({ thinkingConfig })
  })

  it('hide thoughts on request, and leave thinking out where the model has none', () => {
    const reasoning = { effort: 'high', budgetTokens: null, visible: false } as const
    expect(built(conversation({ reasoning })).body).toMatchObject({
      generationConfig: { thinkingConfig: { includeThoughts: false } },
    })
    const plain = built(conversation({ reasoning }), 'gemini-2.0-flash')
    expect(plain.body['generationConfig']).toBeUndefined()
    expect(plain.warnings).toHaveLength(1)
  })
})
