import { describe, expect, it } from 'vitest'
import type { Conversation, Message } from '../../../../src/core/conversation.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { Quirks } from '../../../../src/dialects/dialect.ts'
import { openai } from '../../../../src/dialects/openai/index.ts'

const empty: Conversation = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  toolChoice: null,
  parallelToolCalls: null,
  output: { type: 'text' },
  maxOutputTokens: null,
  temperature: null,
  topP: null,
  topK: null,
  stopSequences: [],
  seed: null,
  presencePenalty: null,
  frequencyPenalty: null,
  reasoning: null,
  user: null,
  metadata: {},
}

interface Options {
  readonly quirks?: Quirks
  readonly streaming?: boolean
  readonly model?: string
}

const tryBuild = (conversation: Partial<Conversation>, options: Options = {}) =>
  openai.buildRequest(
    { ...empty, ...conversation },
    {
      model: options.model ?? 'any',
      streaming: options.streaming ?? false,
      quirks: options.quirks ?? {},
    },
  )

function build(conversation: Partial<Conversation>, options: Options = {}) {
  const built = tryBuild(conversation, options)
  if (!built.ok) throw new Error(built.failure.message)
  return { body: built.value.value.body, warnings: built.value.warnings }
}

const messagesOf = (messages: Message[], options: Options = {}) =>
  build({ messages }, options).body['messages']

const text = (words: string) => ({ type: 'text' as const, text: words })
const file = (mediaType: string, source: JsonObject & { kind: 'base64'; data: string }) => ({
  type: 'file' as const,
  mediaType,
  source,
  filename: null,
})

describe('buildRequest', () => {
  it('says no more than was asked', () => {
    const { body, warnings } = build({})
    expect(body).toEqual({ model: 'any', messages: [{ role: 'user', content: 'Hi' }] })
    expect(warnings).toEqual([])
  })

  it('asks for usage in a stream, unless that is refused', () => {
    expect(build({}, { streaming: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
    const quirks = { noStreamOptions: true }
    expect(build({}, { streaming: true, quirks }).body).not.toHaveProperty('stream_options')
  })

  it('carries the settings', () => {
    const { body, warnings } = build({
      maxOutputTokens: 9,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      stopSequences: ['a', 'b'],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      user: 'u',
    })
    expect(body).toMatchObject({
      max_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      stop: ['a', 'b'],
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      user: 'u',
    })
    expect(warnings).toEqual([expect.stringContaining('top_k')])
  })

  it('honours the quirks', () => {
    const quirks: Quirks = {
      maxTokensField: 'max_completion_tokens',
      noDeveloperRole: true,
      refusedFields: 'user seed',
    }
    const messages: Message[] = [{ role: 'system', content: [text('a')], developer: true }]
    const { body, warnings } = build({ messages, maxOutputTokens: 9, user: 'u' }, { quirks })
    expect(body).toEqual({
      model: 'any',
      messages: [{ role: 'system', content: 'a' }],
      max_completion_tokens: 9,
    })
    expect(warnings).toEqual([expect.stringContaining('user')])
  })
})

describe('models that refuse fields', () => {
  it('of OpenAI that reason get no sampling settings', () => {
    for (const model of ['gpt-5', 'gpt-5.1-mini', 'o3-mini', 'openai/o4-mini']) {
      const { body, warnings } = build({ temperature: 0.2, topP: 1, maxOutputTokens: 9 }, { model })
      expect(body).toEqual({
        model,
        messages: [{ role: 'user', content: 'Hi' }],
        max_completion_tokens: 9,
      })
      expect(warnings).toHaveLength(2)
    }
    for (const model of ['gpt-5-chat-latest', 'gpt-4o', 'olmo-2', 'o-model']) {
      expect(build({ temperature: 0.2 }, { model }).body).toHaveProperty('temperature')
    }
  })

  it('that never reason get no effort', () => {
    const reasoning = { effort: 'high', budgetTokens: null, visible: null } as const
    for (const model of ['gpt-4o-mini', 'gpt-4.1', 'meta-llama/llama-3.3-70b', 'llama3.2']) {
      const { body, warnings } = build({ reasoning }, { model })
      expect(body).not.toHaveProperty('reasoning_effort')
      expect(warnings).toHaveLength(1)
    }
    for (const model of ['gpt-5', 'grok-4', 'openai/gpt-oss-120b', 'qwen3-32b']) {
      expect(build({ reasoning }, { model }).body).toHaveProperty('reasoning_effort')
    }
  })
})

describe('messages to providers', () => {
  it('are plain strings where that says it all', () => {
    expect(
      messagesOf([
        { role: 'system', content: [text('a'), text('b')], developer: false },
        { role: 'system', content: [text('c')], developer: true },
        { role: 'user', content: [text('d'), text('e')] },
        { role: 'assistant', content: [text('f'), text('g')] },
      ]),
    ).toEqual([
      { role: 'system', content: 'a\n\nb' },
      { role: 'developer', content: 'c' },
      { role: 'user', content: [text('d'), text('e')] },
      { role: 'assistant', content: 'fg' },
    ])
  })

  it('show files in the form each kind has', () => {
    const content = [
      { ...file('image/png', { kind: 'base64', data: 'AA' }), detail: 'low' },
      file('audio/wav', { kind: 'base64', data: 'BB' }),
      file('application/pdf', { kind: 'base64', data: 'CC' }),
      {
        type: 'file' as const,
        mediaType: 'text/plain',
        source: { kind: 'text' as const, text: 'words' },
        filename: 'a.txt',
      },
    ]
    expect(messagesOf([{ role: 'user', content }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
          { type: 'input_audio', input_audio: { data: 'BB', format: 'wav' } },
          {
            type: 'file',
            file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,CC' },
          },
          { type: 'text', text: 'a.txt:\nwords' },
        ],
      },
    ])
  })

  it.each([
    ['a PDF by URL', 'application/pdf', { kind: 'url', url: 'https://x.example/a.pdf' }],
    ['audio by URL', 'audio/wav', { kind: 'url', url: 'https://x.example/a.wav' }],
    ['a video', 'video/mp4', { kind: 'base64', data: 'AA' }],
    ['a foreign file id', 'application/pdf', { kind: 'id', id: 'f', dialect: 'anthropic' }],
  ] as const)('cannot hold %s', (_, mediaType, source) => {
    const part = { type: 'file' as const, mediaType, source, filename: null }
    expect(tryBuild({ messages: [{ role: 'user', content: [part] }] })).toMatchObject({
      ok: false,
      failure: { class: 'invalid_request', retry: 'other' },
    })
  })

  it('put files of tool results behind all the results', () => {
    const result = (callId: string, content: Message['content'][number][]) => ({
      type: 'tool-result' as const,
      callId,
      name: 'f',
      content: content.filter((part) => part.type === 'text' || part.type === 'file'),
      isError: false,
    })
    const image = file('image/png', { kind: 'base64', data: 'AA' })
    expect(
      messagesOf([{ role: 'tool', content: [result('a', [image]), result('b', [text('done')])] }]),
    ).toMatchObject([
      { role: 'tool', tool_call_id: 'a', content: 'The result is in the next message.' },
      { role: 'tool', tool_call_id: 'b', content: 'done' },
      { role: 'user', content: [{ text: 'Returned by tool call a:' }, { type: 'image_url' }] },
    ])
  })

  const call = (id: string, signature: { dialect: 'gemini'; value: string; id: null } | null) =>
    ({ type: 'tool-call', id, name: 'f', input: '', signature }) as const

  it('have null content only beside calls', () => {
    expect(messagesOf([{ role: 'assistant', content: [call('a', null)] }])).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ])
    expect(messagesOf([{ role: 'assistant', content: [] }])).toEqual([
      { role: 'assistant', content: '' },
    ])
  })

  it('give thought signatures to Gemini models only', () => {
    const messages: Message[] = [
      { role: 'assistant', content: [call('a', { dialect: 'gemini', value: 'sig', id: null })] },
    ]
    expect(JSON.stringify(messagesOf(messages))).not.toContain('sig')
    expect(messagesOf(messages, { model: 'gemini-3-pro' })).toMatchObject([
      { tool_calls: [{ extra_content: { google: { thought_signature: 'sig' } } }] },
    ])
  })

  it('shorten ids the provider would refuse, calls and results alike', () => {
    const id = `toolu_${'x'.repeat(60)}`
    const messages: Message[] = [
      { role: 'assistant', content: [call(id, null)] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', callId: id, name: '', content: [], isError: true }],
      },
    ]
    for (const [quirks, form] of [
      [{}, /^call_[a-z0-9]{20}$/],
      [{ nineCharacterCallIds: true }, /^[a-z0-9]{9}$/],
    ] as const) {
      const built = JSON.stringify(messagesOf(messages, { quirks }))
      const made = /"tool_calls":\[\{"id":"([^"]+)"/.exec(built)?.[1] ?? ''
      expect(made).toMatch(form)
      expect(built).toContain(`"tool_call_id":"${made}","content":"The tool call failed."`)
    }
  })

  it('give reasoning back to who can take it', () => {
    const details = [{ type: 'reasoning.text', format: 'a', index: 0, signature: 's' }]
    const own = { dialect: 'openai' as const, value: JSON.stringify(details), id: null }
    const foreign = { dialect: 'anthropic' as const, value: 'x', id: null }
    const reasoning = (signature: typeof own | typeof foreign | null): Message => ({
      role: 'assistant',
      content: [{ type: 'reasoning', text: 'Hmm', signature, redacted: false }, text('Yes')],
    })
    expect(messagesOf([reasoning(own)])).toEqual([
      {
        role: 'assistant',
        content: 'Yes',
        reasoning_details: [{ ...details[0], text: 'Hmm' }],
      },
    ])
    const dropped = build({ messages: [reasoning(foreign), reasoning(null)] })
    expect(JSON.stringify(dropped.body)).not.toContain('Hmm')
    expect(dropped.warnings).toHaveLength(1)
    const quirks = { reasoningField: 'reasoning_content' } as const
    expect(messagesOf([reasoning(null)], { quirks })).toEqual([
      { role: 'assistant', content: 'Yes', reasoning_content: 'Hmm' },
    ])
  })
})

describe('tools and formats to providers', () => {
  const tool = { name: 'f', description: null, parameters: null, strict: null }
  const schema = { type: 'object' }
  const output = {
    type: 'json-schema' as const,
    name: 'a b',
    description: null,
    schema,
    strict: true,
  }

  it('are written out', () => {
    const { body } = build({
      tools: [tool],
      toolChoice: { type: 'tool', name: 'f' },
      parallelToolCalls: false,
    })
    expect(body).toMatchObject({
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: {} } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
    })
  })

  it('leave the choice away without tools', () => {
    expect(build({ toolChoice: { type: 'auto' }, parallelToolCalls: true }).body).toEqual(
      build({}).body,
    )
  })

  it('ask for a schema', () => {
    expect(build({ output }).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'a_b', schema, strict: true },
    })
  })

  it('ask for a schema in words where there is no other way', () => {
    const { body, warnings } = build({ output }, { quirks: { noJsonSchema: true } })
    expect(body).toMatchObject({
      response_format: { type: 'json_object' },
      messages: [{ role: 'system', content: expect.stringContaining('{"type":"object"}') }, {}],
    })
    expect(warnings).toHaveLength(1)
  })

  it('speak of JSON where nobody did', () => {
    const json = { type: 'json' as const }
    expect(build({ output: json }).body['messages']).toHaveLength(2)
    const messages: Message[] = [{ role: 'user', content: [text('As JSON, please')] }]
    expect(build({ output: json, messages }).body['messages']).toHaveLength(1)
  })

  it.each([
    [{ effort: 'low', budgetTokens: null }, 'low'],
    [{ effort: 'max', budgetTokens: null }, 'xhigh'],
    [{ effort: null, budgetTokens: 1024 }, 'low'],
    [{ effort: null, budgetTokens: 8000 }, 'medium'],
    [{ effort: null, budgetTokens: 32_000 }, 'high'],
    [{ effort: 'none', budgetTokens: null }, undefined],
    [{ effort: null, budgetTokens: null }, undefined],
  ] as const)('say %j as %s', (reasoning, effort) => {
    const { body } = build({ reasoning: { ...reasoning, visible: null } })
    expect(body['reasoning_effort']).toBe(effort)
  })
})
